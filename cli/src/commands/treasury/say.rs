//! Decides in which words a transaction of the treasury is said.

use std::io::{self, Write};

use alloy::primitives::{Address, U256, hex};
use datacoop_deploy::{
    decode_call,
    treasury::{Action, Call, Deed, Line, MULTI_SEND, SafeTx},
};

use super::names::Names;
use crate::{output::Account, time::Span};

/// Says what a transaction of a treasury does, one line for each thing.
pub(crate) fn transaction(transaction: &SafeTx, treasury: Address, names: &Names) -> Vec<String> {
    let mut lines = match Deed::of(transaction, treasury) {
        Deed::One(Action::Reject) => {
            let nonce = transaction.nonce;
            vec![format!("nothing: uses nonce {nonce} up, so that nothing else with it can be")]
        }
        Deed::One(one) => vec![action(&one, names)],
        Deed::Several { multi_send, actions } => {
            let head = several(multi_send, actions.len());
            let each = actions.iter().enumerate();
            let each = each.map(|(index, one)| format!("{}. {}", index + 1, action(one, names)));
            [head].into_iter().chain(each).collect()
        }
        Deed::ForeignCode(Call { to, data, .. }) => vec![format!(
            "RUNS FOREIGN CODE as the treasury, which may do anything: that of {}, with {}",
            names.account(to),
            hex::encode_prefixed(data),
        )],
    };
    if !transaction.gas_price.is_zero() {
        lines.push(refund(transaction, names));
    }
    lines
}

/// Writes what a transaction does, and an empty line.
pub(super) fn lines(to: &mut dyn Write, lines: &[String]) -> io::Result<()> {
    lines.iter().try_for_each(|line| writeln!(to, "{line}"))?;
    writeln!(to)
}

fn several(multi_send: Address, count: usize) -> String {
    if multi_send == MULTI_SEND {
        return format!("{count} things, all or none:");
    }
    format!(
        "RUNS FOREIGN CODE as the treasury, that of {}, which is not Safe's own MultiSend; if it \
         does what one does, {count} things, all or none:",
        Account(multi_send)
    )
}

fn refund(transaction: &SafeTx, names: &Names) -> String {
    let SafeTx { gas_price, gas_token, refund_receiver, .. } = transaction;
    let whom = match refund_receiver {
        receiver if receiver.is_zero() => "whoever executes it".to_owned(),
        receiver => names.account(*receiver),
    };
    format!("and refunds {whom}: {} for each unit of gas", names.amount(*gas_token, *gas_price))
}

/// Says an action.
fn action(action: &Action, names: &Names) -> String {
    let account = |address: Address| names.account(address);
    match action {
        Action::Pay { token, to, amount, line } => {
            let line = line.map(|line| format!(" from the line {line}")).unwrap_or_default();
            format!("pay {} to {}{line}", names.amount(*token, *amount), account(*to))
        }
        Action::Reject => "nothing".to_owned(),
        Action::AddOwner { owner, threshold } => {
            format!("add the owner {}, and let {threshold} owners sign", account(*owner))
        }
        Action::RemoveOwner { owner, threshold, .. } => {
            format!("remove the owner {}, and let {threshold} owners sign", account(*owner))
        }
        Action::SwapOwner { old, new, .. } => {
            format!("put the owner {} in the place of {}", account(*new), account(*old))
        }
        Action::ChangeThreshold { threshold } => format!("let {threshold} owners sign"),
        Action::EnableModule { module } => {
            format!("let the module {} do anything without signatures", account(*module))
        }
        Action::DisableModule { module, .. } => format!("disable the module {}", account(*module)),
        Action::SetGuard { guard } => office("guard of transactions", *guard, names),
        Action::SetModuleGuard { guard } => office("guard of modules", *guard, names),
        Action::SetFallbackHandler { handler } => office("fallback handler", *handler, names),
        Action::SetGovernor { governor } => office("governor", *governor, names),
        Action::SetDelay { seconds } if seconds.is_zero() => "have no delay".to_owned(),
        Action::SetDelay { seconds } => format!("have a delay of {}", span(*seconds)),
        Action::SetSpendingLimit { spender, token, cap, period, line } => {
            let line = match line {
                0 => String::new(),
                line => format!(", from the line {}", line_name(*line)),
            };
            let allowance = allowance(*token, *cap, *period, names);
            format!("let {} spend {allowance}{line}", account(*spender))
        }
        Action::SetBudget { line, token, cap, period } => {
            let allowance = allowance(*token, *cap, *period, names);
            format!("let the line {} pay {allowance}", line_name(*line))
        }
        Action::SetStrictBudgets { strict: true } => "let owners pay from lines only".to_owned(),
        Action::SetStrictBudgets { strict: false } => "let owners do anything again".to_owned(),
        Action::Other(call) => other(call, names),
    }
}

fn office(office: &str, holder: Address, names: &Names) -> String {
    if holder.is_zero() {
        return format!("have no {office}");
    }
    format!("make {} the {office}", names.account(holder))
}

fn allowance(token: Address, cap: U256, period: U256, names: &Names) -> String {
    if cap.is_zero() {
        return format!("none of {}", names.symbol(token).unwrap_or("the token"));
    }
    let period =
        if period.is_zero() { "once".to_owned() } else { format!("each {}", span(period)) };
    format!("{} {period}", names.amount(token, cap))
}

fn line_name(line: u8) -> String {
    Line::of(line).map_or_else(|| format!("number {line}, which there is not"), |l| l.to_string())
}

fn span(seconds: U256) -> String {
    Span(seconds.saturating_to()).to_string()
}

/// Says a call of another contract.
fn other(Call { to, value, data }: &Call, names: &Names) -> String {
    let known = names.contract(*to).and_then(|contract| decode_call(contract, data));
    let what = known.map_or_else(
        || format!("with {}", hex::encode_prefixed(data)),
        |decoded| format!("to {decoded}"),
    );
    let value = match value {
        value if value.is_zero() => String::new(),
        value => format!(", with {}", names.amount(Address::ZERO, *value)),
    };
    format!("call {} {what}{value}", names.account(*to))
}

#[cfg(test)]
mod tests {
    use alloy::primitives::Bytes;
    use datacoop_deploy::treasury::{Operation, Treasury, pack};

    use super::*;

    const TREASURY: Address = Address::repeat_byte(0xee);
    const ALICE: Address = Address::repeat_byte(0x11);
    const TOKEN: Address = Address::repeat_byte(0x22);

    fn said(action: &Action) -> String {
        let call = action.call(TREASURY);
        let sent = Treasury::transaction(call, Operation::Call, U256::from(7));
        let lines = transaction(&sent, TREASURY, &Names::default());
        assert_eq!(lines.len(), 1);
        lines.concat()
    }

    #[test]
    fn actions_are_said_with_their_amounts_and_accounts() {
        let alice = Account(ALICE);
        let milli = U256::from(10).pow(U256::from(15));
        let ether = Action::Pay { token: Address::ZERO, to: ALICE, amount: milli, line: None };
        assert_eq!(said(&ether), format!("pay 0.001 ETH to {alice}"));
        let line = Some(Line::Grants);
        let grant = Action::Pay { token: TOKEN, to: ALICE, amount: U256::from(5), line };
        assert_eq!(
            said(&grant),
            format!(
                "pay 5 (smallest unit) of token {} to {alice} from the line grants",
                Account(TOKEN)
            )
        );
        let threshold = U256::from(2);
        assert_eq!(
            said(&Action::AddOwner { owner: ALICE, threshold }),
            format!("add the owner {alice}, and let 2 owners sign")
        );
        assert_eq!(said(&Action::SetGovernor { governor: Address::ZERO }), "have no governor");
        let seconds = U256::from(172_800);
        assert_eq!(said(&Action::SetDelay { seconds }), "have a delay of 2 days");
        assert!(said(&Action::Reject).contains("nonce 7"));
        let budget =
            Action::SetBudget { line: 9, token: Address::ZERO, cap: milli, period: U256::ZERO };
        assert!(said(&budget).contains("number 9, which there is not pay 0.001 ETH once"));
    }

    #[test]
    fn foreign_code_is_never_said_like_a_call() {
        let call = Action::Pay { token: Address::ZERO, to: ALICE, amount: U256::ONE, line: None };
        let own = pack(MULTI_SEND, &[call.call(TREASURY), call.call(TREASURY)]);
        let delegate = |call: Call| {
            let sent = Treasury::transaction(call, Operation::DelegateCall, U256::ZERO);
            transaction(&sent, TREASURY, &Names::default())
        };
        assert_eq!(delegate(own.clone())[0], "2 things, all or none:");
        assert_eq!(delegate(own.clone()).len(), 3);
        let foreign = delegate(Call { to: ALICE, ..own });
        assert!(foreign[0].starts_with("RUNS FOREIGN CODE"), "{foreign:?}");
        let data = Bytes::from_static(&[1, 2]);
        let raw = delegate(Call { to: ALICE, value: U256::ZERO, data });
        assert!(raw[0].starts_with("RUNS FOREIGN CODE") && raw[0].ends_with("0x0102"), "{raw:?}");
    }

    #[test]
    fn a_refund_is_said() {
        let mut sent = SafeTx { gas_price: U256::from(1), ..SafeTx::default() };
        let refund = |sent: &SafeTx| transaction(sent, TREASURY, &Names::default()).pop();
        assert!(refund(&sent).is_some_and(|line| line.contains("whoever executes it")));
        sent.refund_receiver = ALICE;
        assert!(refund(&sent).is_some_and(|line| line.contains(&Account(ALICE).to_string())));
    }
}
