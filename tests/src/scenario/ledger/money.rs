//! Decides what the logs say of money that data earned: licences and auctions, refunds, deposits and claims,
//! and which contribution was paid.

use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::{Address, B256, U256};
use datacoop_deploy::bindings::{
    IDataCoopRewards::IDataCoopRewardsEvents, IDataMarket::IDataMarketEvents,
    IRevenueDistributor::IRevenueDistributorEvents,
};

/// A licence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Licence {
    pub(crate) holder: Address,
    pub(crate) edition: U256,
    pub(crate) purpose: u8,
    pub(crate) end: u64,
}

/// An auction that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Auction {
    pub(crate) end: u64,
    pub(crate) token: Address,
    pub(crate) leader: Address,
    pub(crate) bid: U256,
}

/// What went into a pot and what came out of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flow {
    pub(crate) into: U256,
    pub(crate) out: U256,
}

/// The market by its logs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Market {
    pub(crate) licences: BTreeMap<U256, Licence>,
    /// Licences in use, and by whom.
    pub(crate) in_use: BTreeMap<U256, Address>,
    pub(crate) listed: BTreeMap<U256, (u8, u8)>,
    pub(crate) auctions: BTreeMap<U256, Auction>,
    /// What is owed to accounts that were outbid.
    pub(crate) owed: BTreeMap<(Address, Address), U256>,
    pub(crate) stakers: BTreeSet<Address>,
    pub(crate) barred: BTreeSet<Address>,
    pub(crate) logged: u64,
    pub(crate) paused: bool,
}

/// The distributor by its logs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Revenue {
    /// By edition and token.
    pub(crate) pots: BTreeMap<(U256, Address), Flow>,
    /// By pool and token.
    pub(crate) pools: BTreeMap<(B256, Address), Flow>,
    /// Accounts that ever had shares of a pool.
    pub(crate) sharers: BTreeSet<(B256, Address)>,
}

/// Rewards by their logs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Paid {
    /// How often each proof was recorded, and who contributed it last.
    pub(crate) proofs: BTreeMap<B256, (u32, Address)>,
    /// All that was announced, and how often.
    pub(crate) amount: U256,
    pub(crate) rewards: u64,
    pub(crate) skipped: u64,
    pub(crate) paused: bool,
}

impl Market {
    /// The licence by which an account has access to an edition for a purpose.
    pub(crate) fn used_by(&self, holder: Address, edition: U256, purpose: u8) -> Option<&Licence> {
        let used = self.in_use.iter().filter(|(_, by)| **by == holder);
        used.filter_map(|(id, _)| self.licences.get(id)).find(|licence| {
            licence.holder == holder && licence.edition == edition && licence.purpose == purpose
        })
    }

    /// Takes a log of the market.
    pub(super) fn take(&mut self, event: IDataMarketEvents) {
        match event {
            IDataMarketEvents::Listed(new) => {
                self.listed.insert(new.edition, (new.unit, new.purposes));
            }
            IDataMarketEvents::Delisted(gone) => {
                self.listed.remove(&gone.edition);
            }
            IDataMarketEvents::LicenceGranted(new) => {
                let (holder, edition) = (new.holder, new.edition);
                let licence = Licence { holder, edition, purpose: new.purpose, end: new.end };
                self.licences.insert(new.licenceId, licence);
            }
            IDataMarketEvents::LicenceRenewed(new) => {
                if let Some(licence) = self.licences.get_mut(&new.licenceId) {
                    licence.end = new.newEnd;
                }
            }
            IDataMarketEvents::TransferSingle(moved) => {
                if let Some(licence) = self.licences.get_mut(&moved.id) {
                    licence.holder = moved.to;
                    if moved.from != moved.to {
                        self.in_use.remove(&moved.id);
                    }
                }
            }
            IDataMarketEvents::LicenceUsed(used) => {
                self.in_use.remove(&used.oldLicenceId);
                self.in_use.insert(used.licenceId, used.holder);
            }
            IDataMarketEvents::AccessLogged(_) => self.logged += 1,
            event => self.take_sales(event),
        }
    }

    fn take_sales(&mut self, event: IDataMarketEvents) {
        match event {
            IDataMarketEvents::AuctionStarted(new) => {
                let (leader, bid) = (Address::ZERO, U256::ZERO);
                let auction = Auction { end: new.end, token: new.token, leader, bid };
                self.auctions.insert(new.auctionId, auction);
            }
            IDataMarketEvents::BidPlaced(new) => {
                if let Some(auction) = self.auctions.get_mut(&new.auctionId) {
                    (auction.leader, auction.bid) = (new.bidder, new.newBid);
                    auction.end = new.newEnd;
                }
            }
            IDataMarketEvents::AuctionSettled(over) => {
                self.auctions.remove(&over.auctionId);
            }
            IDataMarketEvents::AuctionFailed(over) => {
                self.auctions.remove(&over.auctionId);
            }
            IDataMarketEvents::AuctionCancelled(over) => {
                self.auctions.remove(&over.auctionId);
            }
            IDataMarketEvents::RefundOwed(owed) => {
                self.owed.insert((owed.account, owed.token), owed.newAmount);
            }
            IDataMarketEvents::Withdrawn(paid) => {
                self.owed.insert((paid.account, paid.token), U256::ZERO);
            }
            IDataMarketEvents::Staked(new) => {
                self.stakers.insert(new.account);
            }
            IDataMarketEvents::Barred(new) => {
                if new.newBarred {
                    self.barred.insert(new.account);
                } else {
                    self.barred.remove(&new.account);
                }
            }
            IDataMarketEvents::Paused(_) => self.paused = true,
            IDataMarketEvents::Unpaused(_) => self.paused = false,
            _ => {}
        }
    }
}

impl Revenue {
    /// Takes a log of the distributor.
    pub(super) fn take(&mut self, event: IRevenueDistributorEvents) {
        match event {
            IRevenueDistributorEvents::RevenueDeposited(new) => {
                self.pots.entry((new.edition, new.token)).or_default().into += new.received;
            }
            IRevenueDistributorEvents::RevenueClaimed(paid) => {
                self.pots.entry((paid.edition, paid.token)).or_default().out += paid.amount;
            }
            IRevenueDistributorEvents::SharedRevenueDeposited(new) => {
                self.pools.entry((new.pool, new.token)).or_default().into += new.received;
            }
            IRevenueDistributorEvents::SharedRevenueClaimed(paid) => {
                self.pools.entry((paid.pool, paid.token)).or_default().out += paid.amount;
            }
            IRevenueDistributorEvents::SharesChanged(new) => {
                self.sharers.insert((new.pool, new.account));
            }
            _ => {}
        }
    }
}

impl Paid {
    /// Takes a log of DataCoopRewards.
    pub(super) fn take(&mut self, event: IDataCoopRewardsEvents) {
        match event {
            IDataCoopRewardsEvents::ContributionRecorded(new) => self.record(new.proof, new.member),
            IDataCoopRewardsEvents::ContributionScored(new) => self.record(new.proof, new.member),
            IDataCoopRewardsEvents::RewardMinted(paid) => {
                self.amount += paid.amount;
                self.rewards += 1;
            }
            IDataCoopRewardsEvents::ContributionSkipped(_) => self.skipped += 1,
            IDataCoopRewardsEvents::Paused(_) => self.paused = true,
            IDataCoopRewardsEvents::Unpaused(_) => self.paused = false,
            _ => {}
        }
    }

    fn record(&mut self, proof: B256, member: Address) {
        let recorded = self.proofs.entry(proof).or_insert((0, member));
        *recorded = (recorded.0 + 1, member);
    }
}
