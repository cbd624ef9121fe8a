//! Decides how a cooperative begins before anything is left to chance: who joins, who is paid, what is allowed,
//! and what is for sale.

use alloy::{
    primitives::{Address, B256, U256, keccak256},
    sol_types::SolCall,
};
use anyhow::{Context, Result};
use datacoop_deploy::bindings::{
    IConsentRegistry::grantCall,
    IDataMarket::{listCall, stakeCall},
    IDataRegistry::{createDatasetCall, publishCall, registerForCall},
    IDataToken::approveCall,
    IGovToken::delegateCall,
    IGovernor::castVoteCall,
    IMembership::issueCall,
};

use super::{
    DAY, Scenario,
    actions::{Attempt, TERMS, paid_by_owners, schema_id, spending_rules},
    ledger::Ledger,
    manifest::Manifest,
    people::{FOUNDERS, LOOSE, MEMBERS, OWNERS, PATIENT, RESEARCHER, RESEARCHERS},
};
use crate::TOKEN;

/// What each researcher is paid first, and what it stakes, in DATA.
const PURSE: u64 = 6_000;
const STAKE: u64 = 1_500;

/// What spenders may spend a day at first, in DATA.
const LIMIT: u64 = 200;

/// The datasets: name, data class, mask of purposes.
const DATASETS: [(&str, u8, u8); 2] = [("genomes", 0, 0b00101), ("clinic", 1, 0b11111)];

/// Seconds until an edition is live.
const CHALLENGE: u64 = 300;

impl Scenario {
    /// Lets the cooperative begin.
    pub(super) async fn open(&mut self) -> Result<()> {
        self.people_join().await?;
        self.researchers_prepare().await?;
        self.spending_is_allowed().await?;
        self.records_are_there().await?;
        self.editions_are_for_sale().await
    }

    async fn do_it<C: SolCall>(&mut self, from: Address, to: Address, call: &C) -> Result<()> {
        self.clock += 1;
        let attempt = Attempt::done(from, to, call);
        self.send(&attempt).await.with_context(|| format!("{from} calls {}", C::SIGNATURE))
    }

    /// Forty become members, and the founders vote for themselves.
    async fn people_join(&mut self) -> Result<()> {
        let (at, people) = (self.stage.at, self.stage.people.clone());
        for number in 0..MEMBERS {
            let account = people.member(number);
            let is_researcher = RESEARCHERS.contains(&number);
            let actor_roles = if is_researcher { RESEARCHER } else { PATIENT };
            let credential = keccak256(account);
            let call = issueCall { account, credential, actorRoles: actor_roles };
            self.do_it(people.issuer.address(), at.membership, &call).await?;
        }
        for founder in people.members(FOUNDERS) {
            self.do_it(founder, at.gov, &delegateCall { delegatee: founder }).await?;
        }
        Ok(())
    }

    /// The treasury's owners pay researchers, who stake.
    async fn researchers_prepare(&mut self) -> Result<()> {
        let (at, people) = (self.stage.at, self.stage.people.clone());
        let owners: Vec<_> = people.members(OWNERS);
        let signers = owners.iter().take(2).map(|owner| people.key(*owner));
        let signers: Vec<_> = signers.collect::<Option<_>>().context("owners have keys")?;
        for (nonce, researcher) in people.members(RESEARCHERS).into_iter().enumerate() {
            let payment = (researcher, U256::from(PURSE) * TOKEN);
            let call = paid_by_owners(&self.stage, payment, U256::from(nonce), &signers)?;
            self.do_it(owners[0], at.treasury, &call).await?;
            let allow = approveCall { spender: at.market, value: U256::MAX };
            self.do_it(researcher, at.data, &allow).await?;
            let stake = stakeCall { amount: U256::from(STAKE) * TOKEN };
            self.do_it(researcher, at.market, &stake).await?;
        }
        Ok(())
    }

    /// A proposal lets a member spend of the treasury, within a limit.
    async fn spending_is_allowed(&mut self) -> Result<()> {
        let (at, people) = (self.stage.at, self.stage.people.clone());
        let terms = self.config.self_government.clone().context("it governs itself")?;
        let proposal = spending_rules(&self.stage, "a member spends for research", LIMIT);
        let founder = people.member(0);
        self.do_it(founder, at.governor, &proposal.propose()).await?;
        let id = self.ledger.power.proposals.keys().next().copied();
        let id = id.context("there is a proposal")?;
        self.clock += terms.voting_delay;
        for voter in people.members(FOUNDERS).into_iter().take(3) {
            let vote = castVoteCall { proposalId: id, support: 1 };
            self.do_it(voter, at.governor, &vote).await?;
        }
        self.clock += terms.voting_period;
        self.do_it(founder, at.governor, &proposal.queue()).await?;
        self.clock += terms.timelock_delay;
        self.do_it(founder, at.governor, &proposal.execute()).await
    }

    /// Some members have a record of each class, and consent to its use.
    async fn records_are_there(&mut self) -> Result<()> {
        let (at, people) = (self.stage.at, self.stage.people.clone());
        for (name, data_class, purposes) in DATASETS {
            let name = name.to_owned();
            let call = createDatasetCall { dataClass: data_class, purposes, name };
            self.do_it(people.curator.address(), at.registry, &call).await?;
        }
        for owner in people.members(LOOSE).into_iter().step_by(2) {
            for (_, data_class, _) in DATASETS {
                let call = registerForCall {
                    owner,
                    recordId: keccak256([owner.as_slice(), &[data_class]].concat()),
                    pointer: b"ipfs://record".as_slice().into(),
                    dataClass: data_class,
                    schemaId: schema_id(),
                    schemaVersion: 1,
                };
                self.do_it(people.attestor.address(), at.registry, &call).await?;
            }
            let call = grantCall {
                dataClasses: 0b11,
                purposes: 0b11111,
                granteeKind: 2,
                account: Address::ZERO,
                actorRole: 0,
                expiry: self.clock + 60 * DAY,
                terms: TERMS,
            };
            self.do_it(owner, at.consents, &call).await?;
        }
        Ok(())
    }

    /// An edition of each dataset is published, and offered when it is live.
    async fn editions_are_for_sale(&mut self) -> Result<()> {
        let (at, curator) = (self.stage.at, self.stage.people.curator.address());
        for (dataset, (_, data_class, _)) in (1_u64..).zip(DATASETS) {
            let manifest = first_manifest(&self.ledger, data_class)?;
            let (records_root, shares_root) = manifest.roots();
            let call = publishCall {
                datasetId: U256::from(dataset),
                recordsRoot: records_root,
                sharesRoot: shares_root,
                records: manifest.records.len() as u64,
                contributors: manifest.shares.len() as u64,
                totalShares: U256::from(manifest.records.len()),
                manifestHash: B256::repeat_byte(1),
                manifestUri: String::new(),
            };
            self.manifests.keep(manifest);
            self.do_it(curator, at.registry, &call).await?;
        }
        self.clock += CHALLENGE;
        let editions: Vec<_> =
            self.ledger.access.editions.iter().map(|(id, of)| (*id, *of)).collect();
        for (edition, of) in editions {
            let purposes = self.ledger.access.datasets.get(&of.dataset).map_or(1, |of| of.1);
            let call = listCall {
                edition,
                token: at.data,
                unit: 1,
                purposes,
                maxPeriods: 6,
                termsHash: TERMS,
            };
            self.do_it(curator, at.market, &call).await?;
        }
        Ok(())
    }
}

/// All records of a class.
fn first_manifest(ledger: &Ledger, data_class: u8) -> Result<Manifest> {
    let records = ledger.access.records.iter();
    let records = records.filter(|(_, record)| record.class == data_class);
    let records: Vec<_> = records.map(|(id, record)| (*id, record.owner)).collect();
    Manifest::new(&records)
}
