//! Decides what a long run is: episodes of random calls, each on a fresh pair of chains, with
//! every call counted by function and ending.

use std::{collections::BTreeMap, fmt};

use alloy::json_abi::Function;
use alloy_primitives::{Address, U256};
use datacoop_deploy::{Artifact, Silent, Workspace, build::build};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use stylus_host::Transaction;

use super::{
    actors::{ADMIN, Cast},
    evm::Ending,
    generate::Generator,
    permit,
    suite::{SETUP, SUITE},
    twin::{Difference, Twin},
};

/// Calls of an episode.
const EPISODE: usize = 200;

/// The contracts of the suite, built.
pub(crate) struct Campaign {
    artifacts: Vec<Artifact>,
}

/// What was run, and how it ended.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Successes, reverts with data and failures without, by function.
    pub(crate) functions: BTreeMap<String, [usize; 3]>,
    /// Calls with spoilt calldata.
    pub(crate) spoilt: usize,
    /// Logs emitted.
    pub(crate) logs: usize,
}

impl Report {
    /// Returns successes, reverts with data and failures without.
    pub(crate) fn totals(&self) -> [usize; 3] {
        self.functions.values().fold([0; 3], |sum, row| [0, 1, 2].map(|i| sum[i] + row[i]))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>9} {:>9} {:>9}  function", "success", "revert", "failure")?;
        for (name, [success, revert, failure]) in &self.functions {
            writeln!(f, "{success:>9} {revert:>9} {failure:>9}  {name}")?;
        }
        let [success, revert, failure] = self.totals();
        writeln!(f, "{success:>9} {revert:>9} {failure:>9}  together")?;
        let calls = success + revert + failure;
        write!(f, "{calls} calls equal, {} of them spoilt; {} logs", self.spoilt, self.logs)
    }
}

impl Campaign {
    /// Builds the suite.
    pub(crate) fn new() -> Result<Self, datacoop_deploy::Error> {
        let contracts: Vec<_> = SUITE.iter().map(|member| member.0).collect();
        Ok(Self { artifacts: build(&Workspace::find()?, &contracts, &Silent)? })
    }

    /// Runs `calls` random calls and adds them to `report`; a seed gives the same calls always.
    pub(crate) fn run(&self, seed: u64, calls: usize, report: &mut Report) -> Result<(), String> {
        let mut left = calls;
        let mut episode = 0;
        while left > 0 {
            let length = left.min(EPISODE);
            let rng = ChaCha8Rng::seed_from_u64(seed.wrapping_add(episode << 32));
            self.episode(rng, length, report)
                .map_err(|difference| format!("seed {seed}, episode {episode}: {difference}"))?;
            left -= length;
            episode += 1;
        }
        Ok(())
    }

    fn episode(
        &self,
        rng: ChaCha8Rng,
        calls: usize,
        report: &mut Report,
    ) -> Result<(), Box<Difference>> {
        let mut generator = Generator::new(rng);
        let (mut twin, cast) = self.cooperative()?;
        let functions: Vec<Vec<&Function>> =
            cast.contracts().iter().map(|contract| contract.2.functions().collect()).collect();
        for call in 0..calls {
            twin.advance(generator.pause_secs());
            let index = generator.rng().random_range(0..functions.len());
            let (name, to, _) = &cast.contracts()[index];
            let function = generator.function(&functions[index]);
            let mut arguments = generator.arguments(&cast, function, twin.now());
            if function.signature() == PERMIT && generator.rng().random_ratio(3, 4) {
                permit::sign(&mut arguments, &mut twin, &cast, &mut generator, *to)?;
            }
            let (data, spoilt) = generator.calldata(function, &arguments);
            let transaction = Transaction::new(generator.sender(&cast, function), *to, data);
            let value = generator.rng().random_ratio(1, 40);
            let (ending, outcome) =
                twin.call(&transaction.with_value(U256::from(u8::from(value)))).map_err(
                    |difference| difference.at(format!("call {call}, {name}.{}", function.name)),
                )?;
            if ending == Ending::Success {
                generator.observe(&outcome.output);
            }
            let row = report.functions.entry(format!("{name}.{}", function.name)).or_default();
            row[ending as usize] += 1;
            report.spoilt += usize::from(spoilt);
            report.logs += outcome.logs.len();
        }
        Ok(())
    }

    /// Deploys the suite in both worlds and sets it up.
    fn cooperative(&self) -> Result<(Twin, Cast), Box<Difference>> {
        let mut cast = Cast::new();
        let mut twin = Twin::new(&cast.addresses());
        let admin = cast.people()[ADMIN].address();
        for ((contract, arguments), artifact) in SUITE.iter().zip(&self.artifacts) {
            let encoded = contract.encode_constructor(&arguments(&cast));
            let encoded = encoded.expect("the suite's arguments fit");
            let address = twin.deploy(admin, &artifact.wasm, Some(&encoded))?;
            cast.add(contract.name, address, artifact.abi.clone());
        }
        for (contract, function, arguments) in SETUP {
            let (_, to, abi) = cast
                .contracts()
                .iter()
                .find(|found| found.0 == *contract)
                .expect("the contract is in the suite");
            let function = abi.function(function).and_then(|found| found.first());
            let function = function.expect("the function is in the ABI");
            let (ending, _) = twin.call(&setup_call(admin, *to, function, &arguments(&cast)))?;
            assert_eq!(ending, Ending::Success, "setting up with {}", function.name);
        }
        Ok((twin, cast))
    }
}

/// The permit of ERC-2612.
const PERMIT: &str = "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)";

fn setup_call(
    from: Address,
    to: Address,
    function: &Function,
    arguments: &[alloy::dyn_abi::DynSolValue],
) -> Transaction {
    use alloy::dyn_abi::JsonAbiExt;
    let data = function.abi_encode_input(arguments).expect("the arguments fit");
    Transaction::new(from, to, data)
}
