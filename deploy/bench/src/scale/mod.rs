//! Decides how it is shown that costs do not grow with a dataset: editions of several sizes are
//! published, sold, read and claimed from on a real Anvil.

mod collection;
mod crowd;
mod report;
mod world;

use datacoop_deploy::{
    Artifact, Event, Progress, Stage, Workspace, build,
    contracts::{
        CONSENT_REGISTRY, Contract, DATA_MARKET, DATA_REGISTRY, DATA_TOKEN, MEMBERSHIP,
        REVENUE_DISTRIBUTOR,
    },
};

use crate::Error;

use collection::Collection;
pub use report::{ScaleReport, ScaleRow};
use world::World;

/// The contracts of access, in order of deployment.
const PARTS: [Contract; 6] =
    [DATA_TOKEN, MEMBERSHIP, CONSENT_REGISTRY, DATA_REGISTRY, REVENUE_DISTRIBUTOR, DATA_MARKET];

/// How large a dataset is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// How many records it has.
    pub records: usize,
    /// How many members they are of.
    pub contributors: usize,
}

/// The sizes that are measured.
/// The first comes again at the end, to tell what is due to size from what is due to the purchases
/// before.
pub const SIZES: [Size; 4] = [
    Size { records: 10, contributors: 5 },
    Size { records: 1_000, contributors: 100 },
    Size { records: 100_000, contributors: 10_000 },
    Size { records: 10, contributors: 5 },
];

/// What is done once before anything is measured, so that no size is the first of anything.
const WARM_UP: Size = Size { records: 6, contributors: 6 };

/// The contracts of access, built.
#[derive(Clone, Debug)]
pub struct Scale {
    workspace: Workspace,
    artifacts: Vec<Artifact>,
}

impl Scale {
    /// Takes contracts that are built: those of access must be among them.
    #[must_use]
    pub const fn of(workspace: Workspace, artifacts: Vec<Artifact>) -> Self {
        Self { workspace, artifacts }
    }

    /// Builds the contracts. Blocks while the compilers run.
    ///
    /// # Errors
    ///
    /// [`Error::Deploy`] when one does not build.
    pub fn prepare(workspace: &Workspace, progress: &dyn Progress) -> Result<Self, Error> {
        Ok(Self::of(workspace.clone(), build::build(workspace, &PARTS, progress)?))
    }

    /// Makes an edition of each size on one chain, sells it and has everybody paid.
    ///
    /// # Errors
    ///
    /// - [`Error::Scale`]: something is not as it should be.
    /// - [`Error::Deploy`]: the chain's failures, and calls that revert.
    pub async fn run(&self, sizes: &[Size], progress: &dyn Progress) -> Result<ScaleReport, Error> {
        let mut world = World::start(&self.workspace, &self.artifacts, progress).await?;
        world.measure(&Collection::new(0, WARM_UP, world.alice())?).await?;
        let stage = Stage::Measure;
        let total = Some(sizes.len() as u64);
        progress.report(Event::Began { stage, subject: "sizes of datasets", total });
        let mut rows = Vec::with_capacity(sizes.len());
        for (size, done) in sizes.iter().zip(1..) {
            rows.push(world.measure(&Collection::new(done, *size, world.alice())?).await?);
            progress.report(Event::Advanced { stage, done: done as u64 });
        }
        progress.report(Event::Ended { stage });
        Ok(ScaleReport { rows })
    }
}
