//! Decides what `datacoop token info` shows: DATA, its emission, and the rewards' parameters.

use std::io::{self, Write};

use datacoop_deploy::bindings::{
    IDataCoopRewards::{
        cooldownPeriodCall, governanceCall, guardianCall, rewardRateCall, verifiedOracleCall,
    },
    IDataToken::{
        emissionBpsCall, emissionFloorCall, mintableCall, nameCall, pausedCall, symbolCall,
        totalBurnedCall, totalSupplyCall,
    },
};
use serde::Serialize;

use crate::{
    amount::Amount,
    args::RpcArgs,
    cli::after_help,
    output::{Account, Out, Report, pairs},
    time::Span,
};

/// Shows DATA: its supply, what may still be minted, and what contributions earn.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop token info"
    "datacoop token info --json --network arbitrum-sepolia"
))]
pub(crate) struct InfoArgs {}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Info {
    chain_id: u64,
    name: String,
    symbol: String,
    address: Account,
    total_supply: Amount,
    total_burned: Amount,
    mintable: Amount,
    emission_floor: Amount,
    emission_bps: String,
    paused: bool,
    rewards: Rewards,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rewards {
    address: Account,
    reward_rate: Amount,
    cooldown_seconds: u64,
    governance: Account,
    verified_oracle: Account,
    guardian: Account,
}

impl InfoArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self {} = self;
        let coop = rpc.coop().await?;
        let (chain, token, rewards) = (&coop.chain, coop.token, coop.rewards);
        let cooldown = chain.read(rewards, &cooldownPeriodCall {}).await?;
        out.result(&Info {
            chain_id: chain.id(),
            name: chain.read(token, &nameCall {}).await?,
            symbol: chain.read(token, &symbolCall {}).await?,
            address: Account(token),
            total_supply: Amount(chain.read(token, &totalSupplyCall {}).await?),
            total_burned: Amount(chain.read(token, &totalBurnedCall {}).await?),
            mintable: Amount(chain.read(token, &mintableCall {}).await?),
            emission_floor: Amount(chain.read(token, &emissionFloorCall {}).await?),
            emission_bps: chain.read(token, &emissionBpsCall {}).await?.to_string(),
            paused: chain.read(token, &pausedCall {}).await?,
            rewards: Rewards {
                address: Account(rewards),
                reward_rate: Amount(chain.read(rewards, &rewardRateCall {}).await?),
                cooldown_seconds: cooldown.saturating_to(),
                governance: Account(chain.read(rewards, &governanceCall {}).await?),
                verified_oracle: Account(chain.read(rewards, &verifiedOracleCall {}).await?),
                guardian: Account(chain.read(rewards, &guardianCall {}).await?),
            },
        })
    }
}

impl Report for Info {
    const COMMAND: &'static str = "token info";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let rewards = &self.rewards;
        let name = format!("{} ({})", self.name, self.symbol);
        let cap = format!(
            "the larger of {} and {} basis points of the supply, in any year",
            self.emission_floor, self.emission_bps
        );
        pairs(
            to,
            &[
                ("token", &name),
                ("address", &self.address),
                ("supply", &self.total_supply),
                ("burned", &self.total_burned),
                ("mintable now", &self.mintable),
                ("emission cap", &cap),
                ("paused", &self.paused),
                ("rewards", &rewards.address),
                ("reward rate", &rewards.reward_rate),
                ("cooldown", &Span(rewards.cooldown_seconds)),
                ("governance", &rewards.governance),
                ("oracle", &rewards.verified_oracle),
                ("guardian", &rewards.guardian),
            ],
        )
    }
}
