//! Decides which flags say what the treasury is to do.

use alloy::primitives::{Address, Bytes, U256};
use datacoop_deploy::treasury::{Action, Call, Line, Treasury};

use super::{names::Names, period::Period, token};
use crate::{amount::Amount, exit::Usage};

/// What the treasury is to do.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What the treasury is to do")]
pub(super) struct ActionArgs {
    /// Pay this much of a token: DATA, GOV, ETH, or any token by its address.
    #[arg(long, num_args = 2, value_names = ["AMOUNT", "TOKEN"], requires = "to")]
    pay: Option<Vec<String>>,

    /// Who is paid, or called.
    #[arg(long, value_name = "ADDRESS")]
    to: Option<Address>,

    /// The budget line that is paid or spent from: grants, audits, infrastructure, research,
    /// operations, dividends.
    #[arg(long, value_name = "LINE")]
    line: Option<Line>,

    /// The ether that goes with a call, in ETH.
    #[arg(long, value_name = "ETH", requires = "to", conflicts_with = "pay")]
    value: Option<Amount>,

    /// The calldata of a call, in hexadecimal.
    #[arg(long, value_name = "HEX", requires = "to", conflicts_with = "pay")]
    data: Option<Bytes>,

    /// Run the code at `--to` as the treasury's own, which may do anything.
    #[arg(long, requires = "data", conflicts_with = "value")]
    pub(super) delegate_call: bool,

    /// Add an owner; `--threshold` stays as it is unless it is given.
    #[arg(long, value_name = "ADDRESS")]
    add_owner: Option<Address>,

    /// Remove an owner.
    #[arg(long, value_name = "ADDRESS")]
    remove_owner: Option<Address>,

    /// Put a new owner in an old one's place.
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"])]
    swap_owner: Option<Vec<Address>>,

    /// How many owners must sign from then on.
    #[arg(long, value_name = "NUMBER")]
    threshold: Option<u64>,

    /// Let a module act without signatures.
    #[arg(long, value_name = "ADDRESS")]
    enable_module: Option<Address>,

    /// Take that away.
    #[arg(long, value_name = "ADDRESS")]
    disable_module: Option<Address>,

    /// Who checks transactions; the zero address for nobody.
    #[arg(long, value_name = "ADDRESS")]
    set_guard: Option<Address>,

    /// Who checks what modules do; the zero address for nobody.
    #[arg(long, value_name = "ADDRESS")]
    set_module_guard: Option<Address>,

    /// Who answers calls that the treasury does not know; the zero address for nobody.
    #[arg(long, value_name = "ADDRESS")]
    set_fallback_handler: Option<Address>,

    /// The module that may do all that the owners may; the zero address for none.
    #[arg(long, value_name = "ADDRESS")]
    set_governor: Option<Address>,

    /// How long signed transactions wait: `48h`, `2d`, seconds; `0` for not at all.
    #[arg(long, value_name = "TIME")]
    set_delay: Option<Period>,

    /// What an account may spend by itself in each period (`30d`, `never` for once), from `--line`
    /// if that is given; amount 0 takes it away.
    #[arg(long, num_args = 4, value_names = ["SPENDER", "AMOUNT", "TOKEN", "PERIOD"])]
    set_limit: Option<Vec<String>>,

    /// What may be paid from a line in each period; amount 0 takes it away.
    #[arg(long, num_args = 4, value_names = ["LINE", "AMOUNT", "TOKEN", "PERIOD"])]
    set_budget: Option<Vec<String>>,

    /// Whether owners may only pay from lines.
    #[arg(long, value_name = "BOOL")]
    strict_budgets: Option<bool>,

    /// Nothing, but use the nonce up: what else has it can never be executed.
    #[arg(long)]
    reject: bool,
}

impl ActionArgs {
    /// The actions that the flags name, in the order of the help.
    pub(super) async fn actions(
        &self,
        treasury: &Treasury,
        names: &Names,
    ) -> anyhow::Result<Vec<Action>> {
        let mut actions = Vec::new();
        actions.extend(self.payment(treasury, names).await?);
        actions.extend(self.owners(treasury).await?);
        actions.extend(self.offices(treasury).await?);
        actions.extend(self.limits(treasury, names).await?);
        if self.reject {
            actions.push(Action::Reject);
        }
        Ok(actions)
    }

    /// Whether a line is named that nothing is paid or spent from.
    pub(super) const fn has_idle_line(&self) -> bool {
        self.line.is_some() && self.pay.is_none() && self.set_limit.is_none()
    }

    async fn payment(&self, treasury: &Treasury, names: &Names) -> anyhow::Result<Option<Action>> {
        let Some(to) = self.to else { return Ok(None) };
        if let Some([amount, token]) = self.pay.as_deref() {
            let token = token::find(token, names)?;
            let amount = token::amount(amount, token, treasury.chain(), names).await?;
            return Ok(Some(Action::Pay { token, to, amount, line: self.line }));
        }
        if self.value.is_none() && self.data.is_none() {
            let what = "say what goes `--to` it: `--pay`, or a call by `--value` and `--data`";
            return Err(Usage(what.to_owned()).into());
        }
        let value = self.value.map_or(U256::ZERO, |Amount(wei)| wei);
        let data = self.data.clone().unwrap_or_default();
        Ok(Some(Action::of(Call { to, value, data }, treasury.address())))
    }

    async fn owners(&self, treasury: &Treasury) -> anyhow::Result<Vec<Action>> {
        let mut actions = Vec::new();
        let threshold = match self.threshold {
            Some(threshold) => U256::from(threshold),
            None if self.add_owner.is_none() && self.remove_owner.is_none() => U256::ZERO,
            None => U256::from(treasury.threshold().await?),
        };
        if let Some(owner) = self.add_owner {
            actions.push(Action::AddOwner { owner, threshold });
        }
        if let Some(owner) = self.remove_owner {
            let previous = treasury.before_owner(owner).await?;
            actions.push(Action::RemoveOwner { previous, owner, threshold });
        }
        if let Some(&[old, new]) = self.swap_owner.as_deref() {
            actions.push(Action::SwapOwner {
                previous: treasury.before_owner(old).await?,
                old,
                new,
            });
        }
        let is_apart = self.add_owner.is_none() && self.remove_owner.is_none();
        if self.threshold.is_some() && is_apart {
            actions.push(Action::ChangeThreshold { threshold });
        }
        Ok(actions)
    }

    async fn offices(&self, treasury: &Treasury) -> anyhow::Result<Vec<Action>> {
        let mut actions = Vec::new();
        actions.extend(self.enable_module.map(|module| Action::EnableModule { module }));
        if let Some(module) = self.disable_module {
            let previous = treasury.before_module(module).await?;
            actions.push(Action::DisableModule { previous, module });
        }
        actions.extend(self.set_guard.map(|guard| Action::SetGuard { guard }));
        actions.extend(self.set_module_guard.map(|guard| Action::SetModuleGuard { guard }));
        let handler = self.set_fallback_handler;
        actions.extend(handler.map(|handler| Action::SetFallbackHandler { handler }));
        actions.extend(self.set_governor.map(|governor| Action::SetGovernor { governor }));
        let delay = self.set_delay;
        actions.extend(delay.map(|Period(secs)| Action::SetDelay { seconds: U256::from(secs) }));
        Ok(actions)
    }

    async fn limits(&self, treasury: &Treasury, names: &Names) -> anyhow::Result<Vec<Action>> {
        let mut actions = Vec::new();
        if let Some([spender, amount, token, period]) = self.set_limit.as_deref() {
            let spender = spender
                .parse()
                .map_err(|_| Usage(format!("the spender `{spender}` is no address")))?;
            let (token, cap, period) = allowance(amount, token, period, treasury, names).await?;
            let line = self.line.map(Line::number).unwrap_or_default();
            actions.push(Action::SetSpendingLimit { spender, token, cap, period, line });
        }
        if let Some([line, amount, token, period]) = self.set_budget.as_deref() {
            let line = line.parse::<Line>().map_err(Usage)?.number();
            let (token, cap, period) = allowance(amount, token, period, treasury, names).await?;
            actions.push(Action::SetBudget { line, token, cap, period });
        }
        actions.extend(self.strict_budgets.map(|strict| Action::SetStrictBudgets { strict }));
        Ok(actions)
    }
}

/// Reads the token, the cap and the period of a limit or a budget.
async fn allowance(
    amount: &str,
    token: &str,
    period: &str,
    treasury: &Treasury,
    names: &Names,
) -> anyhow::Result<(Address, U256, U256)> {
    let Period(secs) = period.parse().map_err(Usage)?;
    let token = token::find(token, names)?;
    let cap = token::amount(amount, token, treasury.chain(), names).await?;
    Ok((token, cap, U256::from(secs)))
}
