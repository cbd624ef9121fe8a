//! Decides how a local Anvil is started, when it is ready, and that it ends with its owner.

mod find;

use std::{
    fmt,
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use tempfile::TempDir;
use tokio::sync::{oneshot, watch};

pub use find::find_anvil;

use crate::{Error, Event, Progress, Stage, Workspace, artifact::write_atomically, chain::Chain};

/// How long Anvil may take to listen.
const START_DEADLINE: Duration = Duration::from_secs(60);

/// What Anvil's line says before the address it listens on.
const LISTENING: &str = "Listening on ";

/// The gas limit of a block, high enough for any contract of the suite and large batches.
const BLOCK_GAS_LIMIT: u64 = 1_000_000_000;

/// How a node is to be started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeOptions {
    /// The port; a free one when none is given.
    pub port: Option<u16>,
    /// The chain's id; Anvil's own (31337) when none is given.
    pub chain_id: Option<u64>,
    /// Which of Anvil's limits hold.
    pub limits: NodeLimits,
    /// Where Anvil's log goes; to a file that is removed with the node when none is given.
    pub log: Option<PathBuf>,
    /// The chain whose present state it begins with; its own when none is given.
    pub fork: Option<ForkUrl>,
}

/// The RPC endpoint of a chain that is forked. Its URL may be a secret and is in no text.
#[derive(Clone, PartialEq, Eq)]
pub struct ForkUrl(String);

impl ForkUrl {
    /// Takes a URL.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self(url.to_owned())
    }
}

impl fmt::Debug for ForkUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ForkUrl(..)")
    }
}

/// Which of Anvil's limits hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NodeLimits {
    /// No limit of code size, and a high gas limit.
    #[default]
    Lifted,
    /// Those that Anvil has without any flag.
    AnvilsOwn,
}

/// A running Anvil. It is stopped when this is dropped.
#[derive(Debug)]
pub struct Node {
    child: Child,
    port: u16,
    log: PathBuf,
    ended: watch::Receiver<()>,
    fork: Option<ForkUrl>,
    /// What it leaves behind when it is killed, the states of old blocks above all: gone with it.
    folder: TempDir,
}

impl Node {
    /// Starts Anvil, installing it when there is none, and waits until it answers.
    ///
    /// # Errors
    ///
    /// - [`Error::NodeFailed`]: it ended early or did not listen in time; the message has what it
    ///   printed.
    /// - [`Error::MissingProgram`], [`Error::ProgramFailed`]: npm could not install it.
    /// - [`Error::Io`]: its log cannot be written.
    pub async fn start(
        workspace: &Workspace,
        options: NodeOptions,
        progress: &dyn Progress,
    ) -> Result<Self, Error> {
        let anvil = find_anvil(workspace, progress)?;
        let stage = Stage::StartNode;
        progress.report(Event::Began { stage, subject: "Anvil", total: None });
        let result = Self::run(&anvil, options).await;
        progress.report(Event::Ended { stage });
        result
    }

    async fn run(anvil: &Path, options: NodeOptions) -> Result<Self, Error> {
        let folder = TempDir::with_prefix("datacoop-node-").map_err(|source| Error::Io {
            path: std::env::temp_dir(),
            action: "write in",
            source,
        })?;
        let log = options.log.clone().unwrap_or_else(|| folder.path().join("anvil.log"));
        write_atomically(&log, b"")?;
        let failed = |source| Error::Io { path: log.clone(), action: "write", source };
        let mut file = File::options().append(true).open(&log).map_err(failed)?;
        let errors = file.try_clone().map_err(failed)?;
        let mut child = Command::new(anvil)
            .args(arguments(&options))
            .arg("--cache-path")
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .map_err(|source| Error::Io { path: anvil.into(), action: "run", source })?;
        let (listening, port) = oneshot::channel();
        let (end, ended) = watch::channel(());
        let stdout = child.stdout.take();
        thread::spawn(move || {
            let mut listening = Some(listening);
            for line in stdout.into_iter().flat_map(|stdout| BufReader::new(stdout).lines()) {
                let Ok(line) = line else { break };
                if let (Some(port), true) = (listening_port(&line), listening.is_some()) {
                    listening.take().map(|listening| listening.send(port));
                }
                // A log that cannot be written is no reason to stop reading: Anvil would block.
                let _ = writeln!(file, "{line}");
            }
            drop(end);
        });
        let fork = options.fork;
        let mut node = Self { child, port: 0, log, ended, fork, folder };
        node.port = match tokio::time::timeout(START_DEADLINE, port).await {
            Ok(Ok(port)) => port,
            Ok(Err(_)) => return Err(node.failure("it ended")),
            Err(_) => return Err(node.failure("it did not listen in time")),
        };
        Chain::connect(&node.url()).await?;
        Ok(node)
    }

    /// Returns the URL of the node's RPC endpoint.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns the node's port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Returns the id of the node's process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Returns the file that has the node's log.
    #[must_use]
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Returns the folder of its temporary files, which goes with it.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Waits until the node ends by itself.
    pub async fn ended(&mut self) {
        // The sender is never used: an error is the channel's end, and the node's.
        while self.ended.changed().await.is_ok() {}
    }

    /// Stops the node at once, as a crash would.
    pub fn kill(&mut self) {
        // Both fail only when the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn failure(&mut self, reason: &str) -> Error {
        self.kill();
        let mut log = String::new();
        // Without the log the reason stands alone.
        let _ = File::open(&self.log).and_then(|mut file| file.read_to_string(&mut log));
        let lines: Vec<_> = log.lines().filter(|line| !line.trim().is_empty()).collect();
        let tail = lines.iter().rev().take(5).rev().copied().collect::<Vec<_>>().join("\n");
        let tail = hide(&tail, self.fork.as_ref());
        Error::NodeFailed { reason: format!("{reason}\n{tail}").trim().to_owned() }
    }
}

/// Takes the URL of the forked chain, which may be a secret, out of what Anvil printed.
fn hide(text: &str, fork: Option<&ForkUrl>) -> String {
    match fork {
        Some(ForkUrl(url)) => text.replace(url.as_str(), "the forked chain"),
        None => text.to_owned(),
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

fn arguments(options: &NodeOptions) -> Vec<String> {
    let mut arguments = vec!["--port".to_owned(), options.port.unwrap_or(0).to_string()];
    if let Some(id) = options.chain_id {
        arguments.extend(["--chain-id".to_owned(), id.to_string()]);
    }
    if options.limits == NodeLimits::Lifted {
        arguments.extend(["--disable-code-size-limit".to_owned(), "--gas-limit".to_owned()]);
        arguments.push(BLOCK_GAS_LIMIT.to_string());
    }
    if let Some(ForkUrl(url)) = &options.fork {
        arguments.extend(["--no-storage-caching".to_owned(), "--fork-url".to_owned(), url.clone()]);
    }
    arguments
}

/// Takes the port out of the line with which Anvil says where it listens.
fn listening_port(line: &str) -> Option<u16> {
    line.strip_prefix(LISTENING)?.trim().rsplit_once(':')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use alloy::providers::ext::AnvilApi;

    use super::*;

    #[test]
    fn the_port_is_taken_from_anvils_own_line() {
        assert_eq!(listening_port("Listening on 127.0.0.1:41367"), Some(41367));
        assert_eq!(listening_port("Listening soon"), None);
        assert_eq!(listening_port("Gas Limit: 1000"), None);
    }

    #[test]
    fn limits_are_lifted_unless_asked_otherwise() {
        let lifted = arguments(&NodeOptions::default());
        assert!(lifted.contains(&"--disable-code-size-limit".to_owned()));
        let own = NodeOptions {
            port: Some(8545),
            chain_id: Some(7),
            limits: NodeLimits::AnvilsOwn,
            log: None,
            fork: None,
        };
        assert_eq!(arguments(&own), ["--port", "8545", "--chain-id", "7"]);
    }

    #[tokio::test]
    async fn the_states_of_old_blocks_go_with_the_node() {
        let workspace = Workspace::find().unwrap();
        let options = NodeOptions::default();
        let node = Node::start(&workspace, options, &crate::Silent).await.unwrap();
        let folder = node.folder().to_owned();
        let chain = Chain::connect(&node.url()).await.unwrap();
        // Anvil keeps about 500 states in memory.
        chain.provider().anvil_mine(Some(1_000), None).await.unwrap();
        let states = || std::fs::read_dir(&folder).into_iter().flatten().flatten();
        assert!(states().any(|entry| entry.path().is_dir()), "Anvil has them somewhere else");
        drop(node);
        assert!(!folder.exists());
    }

    #[test]
    fn the_url_of_a_fork_is_given_to_anvil_and_shown_nowhere() {
        let fork = Some(ForkUrl::new("https://chain.example/secret"));
        let options = NodeOptions { fork, ..NodeOptions::default() };
        assert!(arguments(&options).ends_with(&[
            "--no-storage-caching".to_owned(),
            "--fork-url".to_owned(),
            "https://chain.example/secret".to_owned(),
        ]));
        assert!(!format!("{options:?}").contains("secret"));
        let hidden = hide("Fork: https://chain.example/secret timed out", options.fork.as_ref());
        assert_eq!(hidden, "Fork: the forked chain timed out");
    }
}
