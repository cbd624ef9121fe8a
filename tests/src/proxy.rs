//! A connection to a node that breaks at the worst moment, again and again at the same one.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use anyhow::Result;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// What a request to send a transaction has in it.
const SEND: &[u8] = b"eth_sendRawTransaction";

/// Passes everything on to a node, until it has passed on a number of transactions: the node gets
/// the last of them, and its answer and every further connection are lost.
#[derive(Debug)]
pub struct BreakingProxy {
    url: String,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    node_port: u16,
    /// Transactions that are still answered.
    left: AtomicUsize,
    broken: watch::Sender<bool>,
}

impl BreakingProxy {
    /// Listens on a free port for the node on `node_port`, and breaks at transaction number
    /// `answered + 1`.
    ///
    /// # Errors
    ///
    /// When no port is free.
    pub async fn start(node_port: u16, answered: usize) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let (broken, _) = watch::channel(false);
        let shared = Arc::new(Shared { node_port, left: AtomicUsize::new(answered), broken });
        tokio::spawn(Arc::clone(&shared).accept(listener));
        Ok(Self { url, shared })
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether the moment came.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        *self.shared.broken.borrow()
    }
}

impl Shared {
    async fn accept(self: Arc<Self>, listener: TcpListener) {
        let mut broken = self.broken.subscribe();
        loop {
            tokio::select! {
                _ = broken.changed() => return,
                Ok((client, _)) = listener.accept() => {
                    tokio::spawn(Arc::clone(&self).pass_on(client));
                }
            }
        }
    }

    /// Passes one connection on. Its end, for whatever reason, is the end of both sides.
    async fn pass_on(self: Arc<Self>, mut client: TcpStream) -> Result<()> {
        let mut node = TcpStream::connect(("127.0.0.1", self.node_port)).await?;
        let mut broken = self.broken.subscribe();
        let (mut asked, mut answered) = (vec![0; 1 << 16], vec![0; 1 << 16]);
        let mut answer_is_lost = false;
        loop {
            tokio::select! {
                _ = broken.changed() => return Ok(()),
                read = client.read(&mut asked) => match read? {
                    0 => return Ok(()),
                    len => {
                        answer_is_lost |= self.is_last(&asked[..len]);
                        node.write_all(&asked[..len]).await?;
                    }
                },
                read = node.read(&mut answered) => match read? {
                    0 => return Ok(()),
                    _ if answer_is_lost => {
                        self.broken.send_replace(true);
                        return Ok(());
                    }
                    len => client.write_all(&answered[..len]).await?,
                },
            }
        }
    }

    /// Whether these bytes begin the request whose answer is lost. A request begins a packet, and
    /// names its method in its first line of JSON.
    fn is_last(&self, asked: &[u8]) -> bool {
        let sends = asked.windows(SEND.len()).any(|window| window == SEND);
        let take_one = |left: usize| left.checked_sub(1);
        sends && self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take_one).is_err()
    }
}
