//! Decides which function of the interface runs what.

use alloy_primitives::B256;
use alloy_sol_types::sol_data::Address;
use datacoop_kit::{
    Account, Uint,
    abi::Constant,
    access_control::{AccessControl, DEFAULT_ADMIN_ROLE},
    dynamic::{Elements, List},
    host,
    pausable::Pausable,
    routes, word,
};

use crate::{
    access,
    auctions::{Amounts, Head, Plan},
    bids::Bid,
    licences::Core,
    market::{
        AUCTIONS, DataMarket, IDataMarket, LICENCES, LISTER_ROLE, NEIGHBOURS, PAUSER_ROLE, PRICES,
        RULING_ROLE, SALES, SERVER_ROLE, SPLIT, STAKES, TRANSFERS,
    },
    neighbours::Proof,
    prices::Tariff,
    sales::{Agreed, Offer, Record, Wish},
    split::Shares,
    stakes::{Stake, Standing},
    transfers::{Numbers, balance, require_same_length},
    uri,
};

routes! {
    DataMarket as IDataMarket (IDataMarketCalls);

    constructor(Address, Address, Address, Address, Address, Address, Address) => |market, args| {
        let (admin, membership, consents, registry, distributor, data, stake_token) = args;
        let neighbours = [membership, consents, registry, distributor, data];
        market.construct(admin, neighbours, stake_token)
    };

    reads {
        priceOfCall => |market, (data_class, unit, token)| {
            PRICES.amount(&market.vm, &Tariff { data_class, unit, token })
        };
        isTokenAllowedCall => |market, (token,)| PRICES.is_allowed(&market.vm, token);
        splitCall => |market, ()| {
            let Shares { contributors, validators, treasury, infrastructure, burned } =
                SPLIT.shares(&market.vm);
            (contributors, validators, treasury, infrastructure, burned)
        };
        recipientsCall => |market, ()| SPLIT.recipients(&market.vm);
        listingCall => |market, (edition, token)| {
            let (Offer { unit, purposes, max_periods }, terms) =
                SALES.offer(&market.vm, edition, token);
            (unit, purposes, max_periods, terms)
        };
        balanceOfCall => |market, (account, id)| u64::from(balance(&market.vm, account, id));
        isApprovedForAllCall => |market, (account, operator)| {
            TRANSFERS.is_approved(&market.vm, account, operator)
        };
        uriCall => |market, (_,): (&Uint,)| uri::get(&market.vm);
        licenceCall => |market, (id,)| {
            let Core { purpose, start, end, edition } = LICENCES.core(&market.vm, id);
            let holder = LICENCES.holder(&market.vm, id);
            let terms = LICENCES.terms(&market.vm, id);
            let public_key = LICENCES.public_key(&market.vm, id);
            (holder, Uint::from(edition), purpose, start, end, terms, public_key)
        };
        licenceInUseCall => |market, (holder, edition, purpose)| {
            LICENCES.in_use(&market.vm, holder, edition, purpose)
        };
        licenceCountCall => |market, ()| LICENCES.count(&market.vm);
        hasAccessCall => |market, (holder, edition, purpose)| {
            access::has_access(&market.vm, holder, edition, purpose)
        };
        canReadCall => |market, args| {
            let (holder, edition, purpose, record, proof): (_, _, _, _, Proof<'_>) = args;
            access::can_read(&market.vm, (holder, edition, purpose), (record, proof))
        };
        stakeTokenCall => |market, ()| STAKES.token(&market.vm);
        stakeOfCall => |market, (account,)| {
            let Stake { staked, unstaking } = STAKES.stake(&market.vm, account);
            let Standing { ready_at, locked_until, led, barred } =
                STAKES.standing(&market.vm, account);
            (Uint::from(staked), Uint::from(unstaking), ready_at, locked_until, led, barred)
        };
        totalStakedCall => |market, ()| STAKES.total(&market.vm);
        isVettedCall => |market, (account,)| STAKES.is_vetted(&market.vm, account);
        requiredStakeCall => |market, ()| Uint::from(STAKES.terms(&market.vm).required);
        unstakeCooldownCall => |market, ()| STAKES.terms(&market.vm).cooldown;
        owedCall => |market, (account, token)| AUCTIONS.owed(&market.vm, account, token);
        auctionCountCall => |market, ()| AUCTIONS.count(&market.vm);
        auctionCall => |market, (id,)| {
            let auction = AUCTIONS.auction(&market.vm, id);
            let Head { status, purpose, periods, exclusive, start, end, .. } =
                auction.head(&market.vm);
            let (edition, token) = (auction.edition(&market.vm), auction.token(&market.vm));
            (status, edition, token, purpose, u32::from(periods), exclusive, start, end)
        };
        auctionTermsCall => |market, (id,)| {
            let auction = AUCTIONS.auction(&market.vm, id);
            let Head { increment_bps, latest_end, .. } = auction.head(&market.vm);
            let Amounts { reserve, .. } = auction.amounts(&market.vm);
            (Uint::from(reserve), increment_bps, latest_end, auction.terms(&market.vm))
        };
        leadingBidCall => |market, (id,)| {
            let auction = AUCTIONS.auction(&market.vm, id);
            let best = auction.amounts(&market.vm).best;
            (auction.leader(&market.vm), Uint::from(best), auction.minimum(&market.vm))
        };
        salesOfCall => |market, (edition, purpose)| {
            let Record { auction, exclusive_until, last_end, .. } =
                SALES.record(&market.vm, edition, purpose);
            (auction, exclusive_until, last_end)
        };
        membershipCall => |market, ()| NEIGHBOURS.membership(&market.vm);
        consentRegistryCall => |market, ()| NEIGHBOURS.consents(&market.vm);
        dataRegistryCall => |market, ()| NEIGHBOURS.registry(&market.vm);
        distributorCall => |market, ()| NEIGHBOURS.distributor(&market.vm);
        dataTokenCall => |market, ()| NEIGHBOURS.data_token(&market.vm);
        pausedCall => |market, ()| market.paused();
        DEFAULT_ADMIN_ROLECall => |_, ()| Constant(DEFAULT_ADMIN_ROLE);
        LISTER_ROLECall => |_, ()| Constant(LISTER_ROLE);
        RULING_ROLECall => |_, ()| Constant(RULING_ROLE);
        SERVER_ROLECall => |_, ()| Constant(SERVER_ROLE);
        PAUSER_ROLECall => |_, ()| Constant(PAUSER_ROLE);
        hasRoleCall => |market, (role, account)| market.has_role(role, account);
        getRoleAdminCall => |market, (role,)| market.role_admin(role);
        supportsInterfaceCall => |market, (interface,)| market.supports_interface(interface);
    }

    views {
        quoteCall => |market, (edition, token, purpose, periods)| {
            let wish = Wish { edition, token, purpose, periods };
            SALES.quote(&market.vm, &wish).map(|(price, ..)| price)
        };
        balanceOfBatchCall => |market, args| {
            let (accounts, ids): (Elements<'_, Address>, Numbers<'_>) = args;
            require_same_length(ids.len(), accounts.len())?;
            let vm = &market.vm;
            let pairs = accounts.words().iter().zip(ids.words());
            Ok(List(pairs.map(move |(account, id)| {
                // A word with anything above its address is nobody's.
                let account = Account::from_word(account).unwrap_or(&Account::ZERO);
                u64::from(balance(vm, account, Uint::from_word(id)))
            })))
        };
    }

    acts {
        setPriceCall => |market, (data_class, unit, token, amount)| {
            PRICES.set(market.admin()?, &Tariff { data_class, unit, token }, amount)
        };
        setTokenAllowedCall => |market, (token, allowed)| {
            PRICES.allow(market.admin()?, token, allowed)
        };
        setSplitCall => |market, (contributors, validators, treasury, infrastructure, burned)| {
            let shares = Shares { contributors, validators, treasury, infrastructure, burned };
            SPLIT.set(market.admin()?, &shares)
        };
        setRecipientsCall => |market, (treasury, infrastructure)| {
            SPLIT.set_recipients(market.admin()?, treasury, infrastructure)
        };
        setRequiredStakeCall => |market, (amount,)| STAKES.set_required(market.admin()?, amount);
        setUnstakeCooldownCall => |market, (secs,)| STAKES.set_cooldown(market.admin()?, secs);
        setURICall => |market, (uri,)| uri::set(market.admin()?, uri);

        listCall => |market, (edition, token, unit, purposes, max_periods, terms)| {
            let offer = Offer { purposes, unit, max_periods };
            SALES.list(market.lister()?, (edition, token), offer, terms)
        };
        delistCall => |market, (edition, token)| SALES.delist(market.lister()?, edition, token);

        buyCall => |market, args| {
            let (edition, token, purpose, periods, max_price, terms, public_key) = args;
            let wish = Wish { edition, token, purpose, periods };
            let agreed = Agreed { max_price, terms };
            let buyer = host::sender(&market.vm);
            SALES.buy(market.trading()?, &buyer, &wish, &agreed, public_key)
        };
        renewCall => |market, (licence, token, periods, max_price, terms)| {
            let agreed = Agreed { max_price, terms };
            let holder = host::sender(&market.vm);
            SALES.renew(market.trading()?, (&holder, licence), (token, periods), &agreed)
        };

        setApprovalForAllCall => |market, (operator, approved)| {
            TRANSFERS.approve(&mut market.vm, operator, approved)
        };
        safeTransferFromCall => |market, (from, to, id, value, data)| {
            TRANSFERS.single(&mut market.vm, (from, to), (id, value), data)
        };
        safeBatchTransferFromCall => |market, (from, to, ids, values, data)| {
            TRANSFERS.batch(&mut market.vm, (from, to), (ids, values), data)
        };
        useLicenceCall => |market, (id, public_key)| {
            let holder = host::sender(&market.vm);
            LICENCES.start_use(&mut market.vm, &holder, id, public_key)
        };

        logAccessCall => |market, (id, record, proof): (_, &B256, _)| {
            access::log(market.server()?, id, record, proof)
        };
        releaseKeyCall => |market, (id, key)| access::release(market.server()?, id, key);

        stakeCall => |market, (amount,)| {
            let account = host::sender(&market.vm);
            STAKES.add(&mut market.vm, &account, amount)
        };
        requestUnstakeCall => |market, (amount,)| {
            let account = host::sender(&market.vm);
            STAKES.request(&mut market.vm, &account, amount)
        };
        unstakeCall => |market, ()| {
            let account = host::sender(&market.vm);
            STAKES.pay(&mut market.vm, &account)
        };
        slashCall => |market, (account, amount, ruling)| {
            STAKES.slash(market.ruling()?, account, amount, ruling)
        };
        barCall => |market, (account, ruling)| {
            STAKES.set_barred(market.ruling()?, account, ruling, true)
        };
        unbarCall => |market, (account, ruling)| {
            STAKES.set_barred(market.ruling()?, account, ruling, false)
        };

        startAuctionCall => |market, args| {
            let (edition, token, purpose, periods, exclusive, reserve, increment_bps, start, end, terms) =
                args;
            let plan = Plan {
                edition, token, purpose, periods, exclusive, reserve, increment_bps, start, end, terms,
            };
            market.lister()?;
            AUCTIONS.start(market.trading()?, &plan)
        };
        bidCall => |market, (id, amount, terms, public_key)| {
            let bidder = host::sender(&market.vm);
            let bid = Bid { bidder: &bidder, amount, terms, public_key };
            AUCTIONS.bid(market.trading()?, id, &bid)
        };
        settleCall => |market, (id,)| {
            let is_paused = market.paused();
            AUCTIONS.settle(&mut market.vm, id, is_paused)
        };
        cancelAuctionCall => |market, (id,)| AUCTIONS.cancel(market.lister()?, id);
        withdrawCall => |market, (token,)| {
            let account = host::sender(&market.vm);
            AUCTIONS.withdraw(&mut market.vm, &account, token)
        };

        pauseCall => |market, ()| {
            market.only_role(&word::constant(PAUSER_ROLE))?;
            Pausable::pause(market)
        };
        unpauseCall => |market, ()| {
            market.only_role(&word::constant(PAUSER_ROLE))?;
            market.unpause()
        };
        grantRoleCall => |market, (role, account)| market.grant_role(role, account);
        revokeRoleCall => |market, (role, account)| market.revoke_role(role, account);
        renounceRoleCall => |market, (role, account)| market.renounce_role(role, account);
    }
}
