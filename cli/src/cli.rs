//! Decides which commands there are, and what the help says about all of them.

use clap::{Parser, Subcommand};

use crate::{args::GlobalArgs, aside, commands, output::Out};

/// Exit statuses, for the help of every command.
macro_rules! exit_status {
    () => {
        "\
Exit status:
  0  done
  1  a fault of this program, or the answer no
  2  the command line is wrong
  3  a file, a key or a setting is missing or wrong
  4  the chain cannot be reached, is another one, or refused the request
  5  a contract rejected the call
  6  the account cannot pay
  7  a contract could not be built, checked or translated
  8  a benchmark is worse than the committed one
  9  the chain is not as it should be
  130  interrupted"
    };
}

/// Joins the examples of a command with the table of exit statuses.
macro_rules! after_help {
    ($($line:literal)*) => {
        concat!("Examples:\n", $("  ", $line, "\n",)* "\n", crate::cli::exit_status!())
    };
}

pub(crate) use {after_help, exit_status};

/// Builds, deploys and operates a patient-data cooperative on chain.
///
/// Results go to stdout, everything else to stderr. With `--json` stdout is exactly one JSON
/// document.
#[derive(Debug, Parser)]
#[command(
    name = "datacoop",
    version,
    max_term_width = 100,
    after_help = after_help!(
        "datacoop demo                          everything at once, on a chain of its own"
        "datacoop node                          a local chain; every other command finds it"
        "datacoop deploy --from dev:0           the contracts, and who holds which office"
        "datacoop oracle batch entries.csv --from dev:1"
    )
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(commands::demo::DemoArgs),
    Build(commands::build::BuildArgs),
    Node(commands::node::NodeArgs),
    /// Makes, stores and lists the keys that sign.
    #[command(subcommand)]
    Key(commands::key::KeyCommand),
    Init(commands::coop::InitArgs),
    Plan(commands::coop::PlanArgs),
    #[command(visible_alias = "resume")]
    Apply(commands::coop::ApplyArgs),
    Status(commands::coop::StatusArgs),
    Verify(commands::coop::VerifyArgs),
    Upgrade(commands::coop::UpgradeArgs),
    Deploy(commands::deploy::DeployArgs),
    Roles(commands::roles::RolesArgs),
    Keepalive(commands::keepalive::KeepaliveArgs),
    Dashboard(commands::dashboard::DashboardArgs),
    Cache(commands::cache::CacheArgs),
    /// Records contributions on chain, as the cooperative's oracle.
    #[command(subcommand)]
    Oracle(commands::oracle::OracleCommand),
    /// Looks at DATA and moves it.
    #[command(subcommand)]
    Token(commands::token::TokenCommand),
    /// Makes members, says what they act as, and looks at them.
    #[command(subcommand)]
    Member(commands::member::MemberCommand),
    /// Registers records, and makes editions of datasets from them.
    #[command(subcommand)]
    Data(commands::data::DataCommand),
    /// Gives consents, changes them, proves them, and imports them from FHIR.
    #[command(subcommand)]
    Consent(commands::consent::ConsentCommand),
    /// Governs: proposals in words, votes, and what they would change.
    #[command(subcommand)]
    Gov(commands::gov::GovCommand),
    /// Looks at the treasury, and signs and executes its transactions.
    #[command(subcommand)]
    Treasury(commands::treasury::TreasuryCommand),
    /// Sells licences of data and buys them, tells who may read what, and logs who did.
    #[command(subcommand)]
    Market(commands::market::MarketCommand),
    /// Shows what data earned, and has its contributors paid.
    #[command(subcommand)]
    Revenue(commands::revenue::RevenueCommand),
    Translate(commands::translate::TranslateArgs),
    Bench(commands::bench::BenchArgs),
    Trace(commands::trace::TraceArgs),
    Explain(commands::explain::ExplainArgs),
    Send(commands::send::SendArgs),
    Completions(commands::completions::CompletionsArgs),
    Man(commands::man::ManArgs),
}

impl Command {
    /// The command's name, as JSON documents carry it.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Demo(_) => "demo",
            Self::Build(_) => "build",
            Self::Node(_) => "node",
            Self::Key(command) => command.name(),
            Self::Init(_) => "init",
            Self::Plan(_) => "plan",
            Self::Apply(_) => "apply",
            Self::Status(_) => "status",
            Self::Verify(_) => "verify",
            Self::Upgrade(_) => "upgrade",
            Self::Deploy(_) => "deploy",
            Self::Roles(_) => "roles",
            Self::Keepalive(_) => "keepalive",
            Self::Dashboard(_) => "dashboard",
            Self::Cache(_) => "cache",
            Self::Oracle(command) => command.name(),
            Self::Token(command) => command.name(),
            Self::Member(command) => command.name(),
            Self::Data(command) => command.name(),
            Self::Consent(command) => command.name(),
            Self::Gov(command) => command.name(),
            Self::Treasury(command) => command.name(),
            Self::Market(command) => command.name(),
            Self::Revenue(command) => command.name(),
            Self::Translate(_) => "translate",
            Self::Bench(_) => "bench",
            Self::Trace(_) => "trace",
            Self::Explain(_) => "explain",
            Self::Send(_) => "send",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
        }
    }
}

impl Cli {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let out = self.global.output.out();
        let Some(aside) = self.global.rpc.aside().cloned() else {
            return self.dispatch(out).await;
        };
        let name = self.command.name();
        aside::finish(self.dispatch(out.withheld()).await, &aside, name, &out)
    }

    async fn dispatch(self, out: Out) -> anyhow::Result<()> {
        let Self { global: GlobalArgs { rpc, .. }, command } = self;
        match command {
            Command::Demo(args) => args.run(&rpc, &out).await,
            Command::Build(args) => args.run(&out),
            Command::Node(args) => args.run(&out).await,
            Command::Key(command) => command.run(&rpc, &out).await,
            Command::Init(args) => args.run(&out),
            Command::Plan(args) => args.run(&rpc, &out).await,
            Command::Apply(args) => args.run(&rpc, &out).await,
            Command::Status(args) => args.run(&rpc, &out).await,
            Command::Verify(args) => args.run(&rpc, &out).await,
            Command::Upgrade(args) => args.run(&rpc, &out).await,
            Command::Deploy(args) => args.run(&rpc, &out).await,
            Command::Roles(args) => args.run(&rpc, &out).await,
            Command::Keepalive(args) => args.run(&rpc, &out).await,
            Command::Dashboard(args) => args.run(&rpc, &out).await,
            Command::Cache(args) => args.run(&rpc, &out).await,
            Command::Oracle(command) => command.run(&rpc, &out).await,
            Command::Token(command) => command.run(&rpc, &out).await,
            Command::Member(command) => command.run(&rpc, &out).await,
            Command::Data(command) => command.run(&rpc, &out).await,
            Command::Consent(command) => command.run(&rpc, &out).await,
            Command::Gov(command) => command.run(&rpc, &out).await,
            Command::Treasury(command) => command.run(&rpc, &out).await,
            Command::Market(command) => command.run(&rpc, &out).await,
            Command::Revenue(command) => command.run(&rpc, &out).await,
            Command::Translate(args) => args.run(&out),
            Command::Bench(args) => args.run(&out).await,
            Command::Trace(args) => args.run(&rpc, &out).await,
            Command::Explain(args) => args.run(&out),
            Command::Send(args) => args.run(&rpc, &out).await,
            Command::Completions(args) => args.run(),
            Command::Man(args) => args.run(&out),
        }
    }
}

#[cfg(test)]
#[path = "cli_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "examples_tests.rs"]
mod examples;
