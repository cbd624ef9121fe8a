//! Decides how a chain is reached and what kind of chain it is.

mod endpoint;
mod logs;
mod receipt;
mod sender;
mod waiting;

use std::{sync::Arc, time::Duration};

use alloy::{
    eips::BlockId,
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes},
    providers::{DynProvider, Provider, ProviderBuilder, ext::AnvilApi},
    rpc::{
        client::ClientBuilder,
        types::{Header, TransactionRequest},
    },
    sol_types::SolCall,
    transports::{
        RpcError, TransportError,
        http::reqwest::{Client, Url},
        mock::Asserter,
    },
};
use serde::Serialize;

use crate::{
    Error, decode_error,
    offline::Outbox,
    stylus::precompiles::{ARB_WASM, ArbWasm},
};

use endpoint::Endpoint;
pub use receipt::Receipt;
pub(crate) use sender::Signed;
pub use sender::{Outgoing, Sender};

/// The largest code of an account under EIP-170, in bytes.
pub const CODE_LIMIT_BYTES: usize = 24_576;

/// The largest initcode under EIP-3860, in bytes.
pub const INITCODE_LIMIT_BYTES: usize = 2 * CODE_LIMIT_BYTES;

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(120);

/// What runs contracts on a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum ChainKind {
    /// The EVM alone.
    Evm,
    /// The EVM and Stylus programs of this version.
    Stylus {
        /// The version that `ArbWasm` reports.
        version: u16,
    },
}

/// A chain that answered.
#[derive(Clone, Debug)]
pub struct Chain {
    provider: DynProvider,
    endpoint: Endpoint,
    id: u64,
    genesis: B256,
    kind: ChainKind,
    is_dev_node: bool,
    block_gas_limit: u64,
    outbox: Option<Arc<Outbox>>,
}

impl Chain {
    /// Connects to the chain behind an RPC URL.
    ///
    /// # Errors
    ///
    /// - [`Error::MalformedUrl`]: `url` is no `http` or `https` URL.
    /// - [`Error::Unreachable`]: nobody answers.
    /// - [`Error::Refusal`], [`Error::Answer`]: who answers is no Ethereum node.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        let url: Url = url.parse().map_err(|_| Error::MalformedUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Error::MalformedUrl);
        }
        let endpoint = Endpoint::of(&url);
        let client = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(REQUEST_TIMEOUT)
            .build()
            .map_err(|_| Error::MalformedUrl)?;
        let client = ClientBuilder::default().http_with_client(client, url);
        let provider = DynProvider::new(
            ProviderBuilder::new().disable_recommended_fillers().connect_client(client),
        );
        let mut chain = Self {
            provider,
            endpoint,
            id: 0,
            genesis: B256::ZERO,
            kind: ChainKind::Evm,
            is_dev_node: false,
            block_gas_limit: 0,
            outbox: None,
        };
        chain.id = chain.ask("eth_chainId", chain.provider.get_chain_id()).await?;
        chain.genesis = chain.header(BlockId::number(0)).await?.hash;
        chain.block_gas_limit = chain.header(BlockId::latest()).await?.gas_limit;
        chain.is_dev_node = chain.provider.anvil_node_info().await.is_ok();
        chain.kind = chain.stylus_version().await?;
        Ok(chain)
    }

    /// Stands for a chain of this id that is not in reach: whatever is asked of it fails with
    /// [`OfflineError::NeedsChain`](crate::offline::OfflineError::NeedsChain).
    #[must_use]
    pub fn offline(id: u64) -> Self {
        let provider = ProviderBuilder::new().disable_recommended_fillers();
        Self {
            provider: DynProvider::new(provider.connect_mocked_client(Asserter::new())),
            endpoint: Endpoint::nowhere(),
            id,
            genesis: B256::ZERO,
            kind: ChainKind::Evm,
            is_dev_node: false,
            block_gas_limit: u64::MAX,
            outbox: None,
        }
    }

    /// Has transactions laid aside in place of sent.
    #[must_use]
    pub fn laying_aside(self, outbox: Arc<Outbox>) -> Self {
        Self { outbox: Some(outbox), ..self }
    }

    /// Returns where transactions are laid aside, if they are.
    pub(crate) fn outbox(&self) -> Option<&Outbox> {
        self.outbox.as_deref()
    }

    /// Returns whether there is no chain to ask.
    pub(crate) const fn is_offline(&self) -> bool {
        self.endpoint.is_nowhere()
    }

    /// Returns the provider, for requests that this library has no words for.
    #[must_use]
    pub const fn provider(&self) -> &DynProvider {
        &self.provider
    }

    /// Returns where the chain is, without what may be secret in its URL.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.endpoint.to_string()
    }

    /// Returns the chain's id.
    #[must_use]
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// Returns the hash of the chain's first block, which tells two chains of one id apart.
    #[must_use]
    pub const fn genesis(&self) -> B256 {
        self.genesis
    }

    /// Returns what runs contracts here.
    #[must_use]
    pub const fn kind(&self) -> ChainKind {
        self.kind
    }

    /// Returns whether the chain is an Anvil, whose clock and state its user may change.
    #[must_use]
    pub const fn is_dev_node(&self) -> bool {
        self.is_dev_node
    }

    /// Returns the gas limit of the latest block when the connection was made.
    #[must_use]
    pub const fn block_gas_limit(&self) -> u64 {
        self.block_gas_limit
    }

    /// Checks that the chain is the one with the id `expected`.
    ///
    /// # Errors
    ///
    /// [`Error::WrongChain`] when it is not.
    pub const fn expect_id(&self, expected: u64) -> Result<(), Error> {
        if self.id == expected {
            return Ok(());
        }
        Err(Error::WrongChain { expected, actual: self.id })
    }

    /// Calls a view function.
    ///
    /// # Errors
    ///
    /// [`Error::Reverted`] with the decoded error, [`Error::NoContract`] when nothing is at `to`,
    /// and the errors of [`connect`](Self::connect).
    pub async fn read<C: SolCall>(&self, to: Address, call: &C) -> Result<C::Return, Error> {
        self.read_as(Address::ZERO, to, call).await
    }

    /// Calls a function as `from` would, without sending a transaction.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub async fn read_as<C: SolCall>(
        &self,
        from: Address,
        to: Address,
        call: &C,
    ) -> Result<C::Return, Error> {
        self.read_at(BlockId::latest(), from, to, call).await
    }

    /// Calls a view function as the next block would see it. A dev node makes blocks only when
    /// there are transactions, and its latest block may be old.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub async fn read_next<C: SolCall>(&self, to: Address, call: &C) -> Result<C::Return, Error> {
        self.read_at(self.next_block(), Address::ZERO, to, call).await
    }

    /// Returns the time of the next block of a dev node, and of the latest one elsewhere, in seconds
    /// since 1970.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect).
    pub async fn next_time(&self) -> Result<u64, Error> {
        Ok(self.header(self.next_block()).await?.timestamp)
    }

    const fn next_block(&self) -> BlockId {
        if self.is_dev_node { BlockId::pending() } else { BlockId::latest() }
    }

    /// Calls a function as `from` would at a block.
    pub(crate) async fn read_at<C: SolCall>(
        &self,
        block: BlockId,
        from: Address,
        to: Address,
        call: &C,
    ) -> Result<C::Return, Error> {
        let request =
            TransactionRequest::default().with_from(from).with_to(to).with_input(call.abi_encode());
        let answer = self
            .provider
            .call(request)
            .block(block)
            .await
            .map_err(|error| self.rejected(function_name(C::SIGNATURE), error))?;
        if answer.is_empty() && self.code(to).await?.is_empty() {
            return Err(Error::NoContract { address: to });
        }
        C::abi_decode_returns(&answer).map_err(|source| Error::Answer {
            request: C::SIGNATURE.to_owned(),
            reason: source.to_string(),
        })
    }

    /// Calls a view by its calldata; `signature` says which. No answer comes where no contract is.
    pub(crate) async fn view(
        &self,
        to: Address,
        signature: &str,
        data: &Bytes,
    ) -> Result<Bytes, Error> {
        let request = TransactionRequest::default().with_to(to).with_input(data.clone());
        let answer = self.provider.call(request).await;
        answer.map_err(|error| self.rejected(function_name(signature), error))
    }

    /// Returns the code at an address.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect).
    pub async fn code(&self, address: Address) -> Result<Bytes, Error> {
        self.ask("eth_getCode", self.provider.get_code_at(address)).await
    }

    /// Returns the time of the latest block, in seconds since 1970.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect).
    pub async fn now(&self) -> Result<u64, Error> {
        Ok(self.header(BlockId::latest()).await?.timestamp)
    }

    /// Lets `seconds` pass on a dev node, and mines a block at the new time.
    ///
    /// # Errors
    ///
    /// [`Error::Refusal`] on any other chain.
    pub async fn advance_time(&self, seconds: u64) -> Result<(), Error> {
        self.ask("evm_increaseTime", self.provider.anvil_increase_time(seconds)).await?;
        self.ask("evm_mine", self.provider.evm_mine(None)).await?;
        Ok(())
    }

    /// Asks whether the chain lets a contract of `bytes` bytes be created, by simulating it.
    ///
    /// # Errors
    ///
    /// [`Error::Unreachable`] when nobody answers.
    pub(crate) async fn takes_code_of(&self, bytes: usize, initcode: usize) -> Result<bool, Error> {
        // PUSH4 bytes · PUSH0 · RETURN: creates a contract of that many zero bytes.
        let size = u32::try_from(bytes).unwrap_or(u32::MAX).to_be_bytes();
        let mut code = vec![0x63, size[0], size[1], size[2], size[3], 0x5f, 0xf3];
        code.resize(initcode.max(code.len()), 0);
        let request = TransactionRequest::default().with_deploy_code(code);
        match self.provider.call(request).await {
            Ok(_) => Ok(true),
            Err(RpcError::ErrorResp(_)) => Ok(false),
            Err(error) => Err(self.fault("eth_call", error)),
        }
    }

    pub(crate) async fn header(&self, block: BlockId) -> Result<Header, Error> {
        let answer = self.ask("eth_getBlockByNumber", self.provider.get_block(block)).await?;
        answer.map(|block| block.header).ok_or_else(|| Error::Answer {
            request: "eth_getBlockByNumber".to_owned(),
            reason: format!("there is no block {block}"),
        })
    }

    async fn stylus_version(&self) -> Result<ChainKind, Error> {
        match self.read(ARB_WASM, &ArbWasm::stylusVersionCall {}).await {
            Ok(version) => Ok(ChainKind::Stylus { version }),
            Err(error @ Error::Unreachable { .. }) => Err(error),
            Err(_) => Ok(ChainKind::Evm),
        }
    }

    /// Awaits a request and puts its failure into this library's words.
    pub(crate) async fn ask<T>(
        &self,
        request: &str,
        answer: impl IntoFuture<Output = Result<T, TransportError>>,
    ) -> Result<T, Error> {
        answer.await.map_err(|error| self.fault(request, error))
    }

    /// Puts the failure of a simulated call into words: a revert when it has the data of one.
    pub(crate) fn rejected(&self, call: &str, error: TransportError) -> Error {
        match error.as_error_resp().and_then(|response| response.as_revert_data()) {
            Some(data) => Error::Reverted {
                call: call.to_owned(),
                error: Box::new(decode_error(&data)),
                transaction: None,
            },
            None => self.fault(call, error),
        }
    }

    /// Puts the failure of a request into words.
    pub(crate) fn fault(&self, request: &str, error: TransportError) -> Error {
        self.endpoint.fault(request, error)
    }
}

/// Returns the name of a function from its signature.
pub(crate) fn function_name(signature: &str) -> &str {
    signature.split_once('(').map_or(signature, |(name, _)| name)
}
