//! Decides which function of the interface runs what.

use alloy_sol_types::sol_data;
use datacoop_kit::{
    Account, Uint, abi::Constant, dynamic::Elements, eip712::Eip712, host, nonces::Nonces, routes,
    word,
};

use crate::{
    actions::{ClassDraft, Draft, Operation},
    ballot::{BALLOT_TYPEHASH, Ballot, EXTENDED_BALLOT_TYPEHASH},
    classes::{Class, Rule},
    dao_uri,
    execution::relay,
    governor::{
        CLASSES, CLOCK_MODE, COUNTING_MODE, GUARDIAN, Governor, IGovernor, PROPOSALS, QUORUM,
        SETTINGS, Voting,
    },
    quorum::DENOMINATOR,
};

/// The parts of a call that receives tokens, which are all refused.
type Received<'a> = (&'a Account, &'a Account, &'a Uint, &'a [u8]);

/// The same for one kind of a multi-token, and for several.
type ReceivedMulti<'a> = (&'a Account, &'a Account, &'a Uint, &'a Uint, &'a [u8]);
type ReceivedBatch<'a> = (&'a Account, &'a Account, Amounts<'a>, Amounts<'a>, &'a [u8]);

type Amounts<'a> = Elements<'a, sol_data::Uint<256>>;

routes! {
    Governor as IGovernor (IGovernorCalls);

    constructor(
        sol_data::Address, sol_data::Address,
        sol_data::Uint<48>, sol_data::Uint<32>, sol_data::Uint<256>,
        sol_data::Uint<256>, sol_data::Uint<48>, sol_data::Address, sol_data::Uint<64>,
        sol_data::String
    ) => |governor, (
        token, timelock, delay, period, threshold, quorum_numerator, extension, guardian, expiry,
        uri
    )| {
        let voting = Voting { delay, period, threshold, quorum_numerator, extension };
        governor.construct(token, timelock, voting, (guardian, expiry), uri)
    };

    reads {
        nameCall => |_, ()| Governor::NAME_TEXT;
        versionCall => |_, ()| Governor::VERSION_TEXT;
        clockCall => |governor, ()| host::timestamp(&governor.vm);
        CLOCK_MODECall => |_, ()| CLOCK_MODE;
        COUNTING_MODECall => |_, ()| COUNTING_MODE;
        supportsInterfaceCall => |_, (interface,)| Governor::has_interface(interface);
        noncesCall => |governor, (owner,)| governor.nonces(owner);
        eip712DomainCall => |governor, ()| governor.eip712_domain();

        hashProposalCall => |governor, operation: Operation<'_>| {
            operation.id(&governor.vm)
        };
        getProposalIdCall => |governor, operation: Operation<'_>| {
            operation.id(&governor.vm)
        };
        proposalSnapshotCall => |governor, (id,)| PROPOSALS.load(&governor.vm, id).core.start();
        proposalDeadlineCall => |governor, (id,)| PROPOSALS.load(&governor.vm, id).deadline();
        proposalProposerCall => |governor, (id,)| {
            *PROPOSALS.load(&governor.vm, id).core.proposer()
        };
        proposalEtaCall => |governor, (id,)| PROPOSALS.load(&governor.vm, id).schedule.eta;
        proposalNeedsQueuingCall => |_, (_,): (&Uint,)| true;
        proposalClassCall => |governor, (id,)| PROPOSALS.load(&governor.vm, id).schedule.class;

        BALLOT_TYPEHASHCall => |_, ()| Constant(BALLOT_TYPEHASH);
        EXTENDED_BALLOT_TYPEHASHCall => |_, ()| Constant(EXTENDED_BALLOT_TYPEHASH);
        tokenCall => |governor, ()| SETTINGS.token(&governor.vm);
        hasVotedCall => |governor, (id, voter)| {
            PROPOSALS.load(&governor.vm, id).voted(&governor.vm, voter).get(&governor.vm)
        };
        proposalVotesCall => |governor, (id,)| {
            let (vm, proposal) = (&governor.vm, PROPOSALS.load(&governor.vm, id));
            let [against, for_it, abstaining] = [0, 1, 2].map(|kind| proposal.tally(kind).get(vm));
            (against, for_it, abstaining)
        };

        votingDelayCall => |governor, ()| SETTINGS.terms(&governor.vm).delay;
        votingPeriodCall => |governor, ()| u64::from(SETTINGS.terms(&governor.vm).period);
        proposalThresholdCall => |governor, ()| SETTINGS.threshold(&governor.vm);
        lateQuorumVoteExtensionCall => |governor, ()| SETTINGS.terms(&governor.vm).extension;
        standardDelayCall => |governor, ()| {
            u64::from(SETTINGS.terms(&governor.vm).standard_delay)
        };
        timelockCall => |governor, ()| SETTINGS.timelock(&governor.vm);
        quorumNumerator_0Call => |governor, ()| QUORUM.numerator(&governor.vm);
        quorumNumerator_1Call => |governor, (time,)| {
            QUORUM.numerator_at(&governor.vm, Uint::to_u64(time))
        };
        quorumDenominatorCall => |_, ()| DENOMINATOR;

        daoURICall => |governor, ()| dao_uri::get(&governor.vm);
        guardianCall => |governor, ()| GUARDIAN.get(&governor.vm);
        oneLiveProposalCall => |governor, ()| SETTINGS.terms(&governor.vm).one_live;
        latestProposalCall => |governor, (proposer,)| PROPOSALS.latest(&governor.vm, proposer);
        classTermsCall => |governor, (class,)| {
            let terms = CLASSES.terms(&governor.vm, class, &SETTINGS.terms(&governor.vm));
            (terms.delay, u64::from(terms.period), terms.veto_numerator)
        };
        isActionAllowedCall => |governor, (class, target, selector)| {
            CLASSES.is_allowed(&governor.vm, &Rule { class, target, selector })
        };
        isOptimisticProposerCall => |governor, (proposer,)| {
            CLASSES.is_proposer(&governor.vm, proposer)
        };
        quorumExclusionsCall => |governor, ()| QUORUM.exclusions(&governor.vm);
        quorumExclusionCall => |governor, (index,)| {
            let exclusion = QUORUM.exclusion(&governor.vm, index);
            (exclusion.account, exclusion.since, exclusion.until.unwrap_or(0))
        };
    }

    views {
        stateCall => |governor, (id,)| governor.state_of(id);
        vetoQuorumCall => |governor, (id,)| {
            governor.veto_quorum(&PROPOSALS.load(&governor.vm, id))
        };
        quorumCall => |governor, (time,)| QUORUM.at_time(&governor.vm, time);
        getVotesCall => |governor, (account, time)| governor.votes(account, time);
        getVotesWithParamsCall => |governor, (account, time, _): (_, _, &[u8])| {
            governor.votes(account, time)
        };
    }

    acts {
        proposeCall => |governor, draft: Draft<'_>| governor.propose(Class::Standard, &draft);
        proposeWithClassCall => |governor, call: ClassDraft<'_>| governor.propose(call.class, &call.draft);
        queueCall => |governor, operation: Operation<'_>| governor.queue(&operation);
        cancelCall => |governor, operation: Operation<'_>| governor.cancel(&operation);

        castVoteCall => |governor, (id, support)| {
            governor.cast_own(&Ballot { id, support, reason: &[], params: &[] })
        };
        castVoteWithReasonCall => |governor, (id, support, reason)| {
            governor.cast_own(&Ballot { id, support, reason, params: &[] })
        };
        castVoteWithReasonAndParamsCall => |governor, (id, support, reason, params)| {
            governor.cast_own(&Ballot { id, support, reason, params })
        };
        castVoteBySigCall => |governor, (id, support, voter, signature)| {
            let ballot = Ballot { id, support, reason: &[], params: &[] };
            governor.cast_signed(voter, &ballot, &word::constant(BALLOT_TYPEHASH), signature)
        };
        castVoteWithReasonAndParamsBySigCall => |governor, (
            id, support, voter, reason, params, signature
        )| {
            let ballot = Ballot { id, support, reason, params };
            let typehash = word::constant(EXTENDED_BALLOT_TYPEHASH);
            governor.cast_signed(voter, &ballot, &typehash, signature)
        };

        setVotingDelayCall => |governor, call| {
            governor.govern::<IGovernor::setVotingDelayCall, _, _>(call, |vm, (delay,)| {
                SETTINGS.set_delay(vm, delay)
            })
        };
        setVotingPeriodCall => |governor, call| {
            governor.govern::<IGovernor::setVotingPeriodCall, _, _>(call, |vm, (period,)| {
                SETTINGS.set_period(vm, period)
            })
        };
        setProposalThresholdCall => |governor, call| {
            governor.govern::<IGovernor::setProposalThresholdCall, _, _>(call, |vm, (votes,)| {
                SETTINGS.set_threshold(vm, votes)
            })
        };
        setLateQuorumVoteExtensionCall => |governor, call| {
            governor.govern::<IGovernor::setLateQuorumVoteExtensionCall, _, _>(
                call,
                |vm, (extension,)| SETTINGS.set_extension(vm, extension),
            )
        };
        updateQuorumNumeratorCall => |governor, call| {
            governor.govern::<IGovernor::updateQuorumNumeratorCall, _, _>(
                call,
                |vm, (numerator,)| QUORUM.set_numerator(vm, numerator),
            )
        };
        updateTimelockCall => |governor, call| {
            governor.govern::<IGovernor::updateTimelockCall, _, _>(call, |vm, (timelock,)| {
                SETTINGS.move_to(vm, timelock)
            })
        };
        setGuardianCall => |governor, call| {
            governor.govern::<IGovernor::setGuardianCall, _, _>(call, |vm, (account, expiry)| {
                GUARDIAN.set(vm, account, expiry)
            })
        };
        setDaoURICall => |governor, call| {
            governor.govern::<IGovernor::setDaoURICall, _, _>(call, |vm, (uri,)| {
                dao_uri::set(vm, uri)
            })
        };
        setOneLiveProposalCall => |governor, call| {
            governor.govern::<IGovernor::setOneLiveProposalCall, _, _>(call, |vm, (one_live,)| {
                SETTINGS.set_one_live(vm, one_live)
            })
        };
        setClassTermsCall => |governor, call| {
            governor.govern::<IGovernor::setClassTermsCall, _, _>(
                call,
                |vm, (class, delay, period, veto)| {
                    CLASSES.set_terms(vm, class, (delay, period, veto))
                },
            )
        };
        setActionAllowedCall => |governor, call| {
            governor.govern::<IGovernor::setActionAllowedCall, _, _>(
                call,
                |vm, (class, target, selector, allowed)| {
                    CLASSES.set_allowed(vm, &Rule { class, target, selector }, allowed)
                },
            )
        };
        setOptimisticProposerCall => |governor, call| {
            governor.govern::<IGovernor::setOptimisticProposerCall, _, _>(
                call,
                |vm, (proposer, allowed)| CLASSES.set_proposer(vm, proposer, allowed),
            )
        };
        setStandardDelayCall => |governor, call| {
            governor.govern::<IGovernor::setStandardDelayCall, _, _>(call, |vm, (delay,)| {
                SETTINGS.set_standard_delay(vm, delay)
            })
        };
        setQuorumExclusionCall => |governor, call| {
            governor.govern::<IGovernor::setQuorumExclusionCall, _, _>(
                call,
                |vm, (account, excluded)| QUORUM.set_exclusion(vm, account, excluded),
            )
        };

        onERC721ReceivedCall => |_, _: Received<'_>| Governor::refuse_deposit::<u32>();
        onERC1155ReceivedCall => |_, _: ReceivedMulti<'_>| Governor::refuse_deposit::<u32>();
        onERC1155BatchReceivedCall => |_, _: ReceivedBatch<'_>| Governor::refuse_deposit::<u32>();
    }

    payable {
        executeCall => |governor, operation: Operation<'_>| governor.execute(&operation);
        relayCall => |governor, call| {
            governor.govern::<IGovernor::relayCall, _, _>(call, |vm, (target, value, data)| {
                relay(vm, target, value, data)
            })
        };
    }

    receive => |_| Governor::refuse_deposit();
}
