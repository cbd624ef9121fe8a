//! What DATA has that OpenZeppelin's token has not: a cap on emission, held in any window of a year.

use alloy::{
    primitives::{Address, U256, keccak256},
    providers::{Provider, ext::AnvilApi},
    sol_types::SolValue,
};
use anyhow::{Context, Result, bail};
use datacoop_deploy::{
    bindings::IDataToken::{
        AccessControlUnauthorizedAccount, EmissionBpsTooHigh, EmissionCapChanged,
        EmissionCapExceeded, EmissionFloorTooHigh, IDataTokenErrors as Errors,
        IDataTokenEvents as Events, burnCall, grantRoleCall, mintCall, mintableCall,
        setEmissionCapCall, totalBurnedCall, totalSupplyCall,
    },
    chain::{Chain, Sender},
    contracts::DATA_TOKEN,
    deploy::create,
    keys::dev_account,
    node::{Node, NodeOptions},
};
use datacoop_tests::{ALICE, BOB, Contract, Data, GOVERNANCE, artifact, random, start_node};
use rand::Rng;

const DAY: u64 = 24 * 60 * 60;
const YEAR: u64 = 365 * DAY;

/// The latest that what was minted stops counting: a twelfth of a year after the year.
const YEAR_AND_TWELFTH: u64 = YEAR + YEAR / 12 + 1;

const SEED: u64 = 0xca9;

/// DATA alone on a chain; governance mints, and holds the supply.
struct World {
    data: Contract<Data>,
    chain: Chain,
    _node: Node,
}

impl World {
    async fn new(supply: u64, floor: u64, bps: u64) -> Result<Self> {
        let (node, chain) = start_node(NodeOptions::default()).await?;
        let amounts = (U256::from(supply), U256::from(floor), U256::from(bps));
        let arguments = (GOVERNANCE, GOVERNANCE, amounts.0, amounts.1, amounts.2);
        let sender = Sender::new(&chain, dev_account(0)?);
        let created =
            create(&sender, &artifact(&DATA_TOKEN)?, &arguments.abi_encode_params()).await?;
        let data = Contract::new(chain.provider().clone(), created.address);
        let grant = grantRoleCall { role: keccak256("MINTER_ROLE"), account: GOVERNANCE };
        data.send(GOVERNANCE, grant).await?;
        Ok(Self { data, chain, _node: node })
    }

    /// Mints, and returns when.
    async fn mint(&self, amount: U256) -> Result<u64> {
        let done = self.data.send(GOVERNANCE, mintCall { to: ALICE, amount }).await?;
        let number = done.receipt.block_number.context("not mined")?;
        let block = self.chain.provider().get_block_by_number(number.into()).await?;
        Ok(block.context("no such block")?.header.timestamp)
    }

    async fn is_refused(&self, requested: U256, available: U256) -> Result<()> {
        let call = mintCall { to: ALICE, amount: requested };
        let error = self.data.refusal(GOVERNANCE, call).await?;
        let expected = EmissionCapExceeded { requested, available };
        assert_eq!(error, Errors::EmissionCapExceeded(expected));
        Ok(())
    }

    async fn mintable(&self) -> Result<U256> {
        self.data.read(mintableCall {}).await
    }
}

#[tokio::test]
async fn what_is_minted_counts_for_a_year_and_not_much_longer() -> Result<()> {
    let world = World::new(0, 1_000, 0).await?;
    let (floor, one) = (U256::from(1_000), U256::ONE);
    assert_eq!(world.mintable().await?, floor);
    let minted_at = world.mint(floor).await?;
    world.is_refused(one, U256::ZERO).await?;

    world.chain.provider().anvil_set_next_block_timestamp(minted_at + YEAR).await?;
    world.is_refused(one, U256::ZERO).await?;

    world.chain.advance_time(YEAR_AND_TWELFTH - YEAR).await?;
    assert_eq!(world.mintable().await?, floor);
    world.is_refused(floor + one, floor).await?;
    world.mint(floor).await?;
    Ok(())
}

#[tokio::test]
async fn the_supply_at_the_years_start_counts_and_what_the_year_adds_does_not() -> Result<()> {
    // A tenth of a million is more than the floor.
    let world = World::new(1_000_000, 1_000, 1_000).await?;
    let tenth = U256::from(100_000);
    assert_eq!(world.mintable().await?, tenth);
    world.mint(U256::from(60_000)).await?;
    assert_eq!(world.mintable().await?, U256::from(40_000));
    world.is_refused(U256::from(40_001), U256::from(40_000)).await?;
    world.mint(U256::from(40_000)).await?;
    world.chain.advance_time(YEAR_AND_TWELFTH).await?;
    assert_eq!(world.mintable().await?, U256::from(110_000));
    Ok(())
}

#[tokio::test]
async fn the_cap_is_changed_by_the_administrator_alone_and_within_bounds() -> Result<()> {
    let world = World::new(1_000_000, 1_000, 1_000).await?;
    let set = |floor, bps| setEmissionCapCall { floor: U256::from(floor), bps: U256::from(bps) };
    let error = world.data.refusal(BOB, set(1, 1_u64)).await?;
    let expected =
        AccessControlUnauthorizedAccount { account: BOB, neededRole: Default::default() };
    assert_eq!(error, Errors::AccessControlUnauthorizedAccount(expected));

    let done = world.data.send(GOVERNANCE, set(2_000, 500_u64)).await?;
    let [old_floor, old_bps, new_floor, new_bps] = [1_000, 1_000, 2_000, 500].map(U256::from);
    let expected = EmissionCapChanged {
        oldFloor: old_floor,
        oldBps: old_bps,
        newFloor: new_floor,
        newBps: new_bps,
    };
    assert_eq!(done.events, [Events::EmissionCapChanged(expected)]);
    assert_eq!(world.mintable().await?, U256::from(50_000));

    match world.data.refusal(GOVERNANCE, set(1, u64::MAX)).await? {
        Errors::EmissionBpsTooHigh(EmissionBpsTooHigh { bps, maximum }) => {
            assert_eq!(bps, U256::from(u64::MAX));
            world.data.send(GOVERNANCE, set(1, maximum.to::<u64>())).await?;
        }
        error => bail!("another error: {error:?}"),
    }
    let call = setEmissionCapCall { floor: U256::MAX, bps: U256::ZERO };
    match world.data.refusal(GOVERNANCE, call).await? {
        Errors::EmissionFloorTooHigh(EmissionFloorTooHigh { floor, maximum }) => {
            assert_eq!(floor, U256::MAX);
            let call = setEmissionCapCall { floor: maximum, bps: U256::ZERO };
            world.data.send(GOVERNANCE, call).await?;
        }
        error => bail!("another error: {error:?}"),
    }
    Ok(())
}

#[tokio::test]
async fn no_window_of_a_year_mints_more_than_the_cap() -> Result<()> {
    const FLOOR: u64 = 5_000;
    const BPS: u64 = 1_000;
    let world = World::new(100_000, FLOOR, BPS).await?;
    let rng = &mut random::seeded(SEED);
    // Time, supply before, amount of each mint; burned in all.
    let (mut mints, mut burned) = (Vec::new(), U256::ZERO);
    for _ in 0..150 {
        world.chain.advance_time(rng.random_range(1..60) * DAY).await?;
        if rng.random_ratio(1, 5) {
            let value = U256::from(rng.random_range(0..1_500_u64));
            burned += value;
            world.data.send(GOVERNANCE, burnCall { value }).await?;
        }
        let supply = world.data.read(totalSupplyCall {}).await?;
        let available = world.mintable().await?;
        // Greedy, as somebody would be who wants to get past the cap.
        let amount = if rng.random() { available } else { available / U256::from(3) };
        world.is_refused(available + U256::ONE, available).await?;
        mints.push((world.mint(amount).await?, supply, amount));
    }
    assert_eq!(world.data.read(totalBurnedCall {}).await?, burned, "seed {SEED:#x}");
    for (index, (start, supply, _)) in mints.iter().enumerate() {
        let window = mints[index..].iter().take_while(|(time, ..)| *time <= start + YEAR);
        let minted: U256 = window.map(|(.., amount)| *amount).sum();
        let cap = U256::from(FLOOR).max(supply * U256::from(BPS) / U256::from(10_000));
        assert!(
            minted <= cap,
            "seed {SEED:#x}: {minted} minted within a year of {start}, not {cap}"
        );
    }
    assert_ne!(mints.iter().filter(|(.., amount)| !amount.is_zero()).count(), 0);
    Ok(())
}

#[tokio::test]
async fn a_genesis_without_a_recipient_or_beyond_the_bounds_is_refused() -> Result<()> {
    let (_node, chain) = start_node(NodeOptions::default()).await?;
    let sender = Sender::new(&chain, dev_account(0)?);
    let artifact = artifact(&DATA_TOKEN)?;
    let refused = async |recipient: Address, floor: U256, bps: U256| -> Result<String> {
        let arguments = (GOVERNANCE, recipient, U256::ONE, floor, bps).abi_encode_params();
        match create(&sender, &artifact, &arguments).await {
            Err(datacoop_deploy::Error::Reverted { error, .. }) => Ok(error.name),
            outcome => bail!("not refused: {outcome:?}"),
        }
    };
    let zero = U256::ZERO;
    assert_eq!(refused(Address::ZERO, zero, zero).await?, "ERC20InvalidReceiver");
    assert_eq!(refused(ALICE, U256::MAX, zero).await?, "EmissionFloorTooHigh");
    assert_eq!(refused(ALICE, zero, U256::from(10_001)).await?, "EmissionBpsTooHigh");
    Ok(())
}
