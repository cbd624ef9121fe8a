//! Decides what `datacoop token permit` does: an allowance by signature alone (ERC-2612).

use std::io::{self, Write};

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    sol,
    sol_types::eip712_domain,
};
use datacoop_deploy::{
    bindings::IDataToken::{eip712DomainCall, noncesCall},
    keys::Typed,
};
use serde::Serialize;

use crate::{
    amount::Amount,
    args::{RpcArgs, WalletArgs},
    cli::after_help,
    output::{Account, Out, Report, pairs},
    time::Time,
};

sol! {
    /// What is signed (ERC-2612).
    #[derive(Serialize)]
    struct Permit {
        address owner;
        address spender;
        uint256 value;
        uint256 nonce;
        uint256 deadline;
    }
}

/// Signs a permit: whoever has it may set the allowance, and pays for it. Sends nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop token permit --spender 0x7099…79C8 --amount 10 --from dev:0"
    "datacoop token permit --spender 0x7099…79C8 --amount 10 --valid-for 600 --from dev:0 --json"
))]
pub(crate) struct PermitArgs {
    /// Who may spend it.
    #[arg(long, value_name = "ADDRESS")]
    spender: Address,

    /// How much, in DATA, with up to 18 decimals.
    #[arg(long, value_name = "DATA")]
    amount: Amount,

    /// For how many seconds from the chain's time the permit can be used.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    valid_for: u64,

    #[command(flatten)]
    wallet: WalletArgs,
}

#[derive(Serialize)]
struct Signed {
    token: Account,
    owner: Account,
    spender: Account,
    amount: Amount,
    nonce: String,
    deadline: Time,
    digest: B256,
    v: u8,
    r: B256,
    s: B256,
    signature: Bytes,
}

impl PermitArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { spender, amount, valid_for, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let coop = rpc.coop().await?;
        let owner = signer.address();
        let domain = coop.chain.read(coop.token, &eip712DomainCall {}).await?;
        let nonce = coop.chain.read(coop.token, &noncesCall { owner }).await?;
        let deadline = coop.chain.now().await?.saturating_add(valid_for);
        let permit =
            Permit { owner, spender, value: amount.0, nonce, deadline: U256::from(deadline) };
        let domain = eip712_domain! {
            name: domain.name,
            version: domain.version,
            chain_id: domain.chainId.to::<u64>(),
            verifying_contract: domain.verifyingContract,
        };
        let typed = Typed::new(&permit, &domain);
        let signature = signer.sign_typed(&typed).await?;
        out.result(&Signed {
            token: Account(coop.token),
            owner: Account(owner),
            spender: Account(spender),
            amount,
            nonce: nonce.to_string(),
            deadline: Time(deadline),
            digest: typed.digest(),
            v: 27 + u8::from(signature.v()),
            r: signature.r().into(),
            s: signature.s().into(),
            signature: signature.as_bytes().into(),
        })
    }
}

impl Report for Signed {
    const COMMAND: &'static str = "token permit";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { token, owner, spender, amount, nonce, deadline, signature, .. } = self;
        let amount = format!("{amount} DATA");
        pairs(
            to,
            &[
                ("token", token),
                ("owner", owner),
                ("spender", spender),
                ("amount", &amount),
                ("nonce", nonce),
                ("valid until", deadline),
                ("signature", signature),
            ],
        )
    }
}
