//! Decides how the steps of a deployment are taken: written down, sent, followed until mined, and
//! found again after an interruption at any moment.
//!
//! Whether a step is done is asked of the chain, never of the journal: what the journal adds is what became of
//! transactions that were under way. So no step is taken twice, whatever the journal has lost, and none is
//! left out, whatever the chain has lost.

use std::time::{Duration, Instant};

use alloy::{
    primitives::{Address, B256, U256, keccak256},
    providers::Provider,
    rpc::types::TransactionReceipt,
};

use super::{
    Deployment, Step as Taken, Target,
    create::{self, Landing},
    fact::{self, Fact},
    journal::{Intent, Journal, Line, Sent},
    step::{Creation, Deed, Step},
};
use crate::{
    AddressBook, Artifact, BookEntry, Error, Event, Progress, Stage,
    chain::{Chain, Outgoing, Receipt, Sender, Signed},
};

/// How long a transaction is waited for until it is sent again, which helps when nodes lost it.
const AGAIN_AFTER: Duration = Duration::from_secs(15);

/// How long a transaction is waited for until more is paid for it.
const BUMP_AFTER: Duration = Duration::from_secs(45);

/// How long a step may take.
const DEADLINE: Duration = Duration::from_secs(300);

/// By how much a transaction's fees are raised, in per cent: more than the tenth that nodes demand
/// for a replacement.
const BUMP_PERCENT: u128 = 25;

/// How often a step is begun anew because other transactions of the account took its nonce.
const ATTEMPTS: usize = 8;

/// A deployment that is being carried out.
pub(super) struct Apply<'a> {
    sender: &'a Sender,
    artifacts: &'a [Artifact],
    steps: &'a [Step],
    target: Target,
    journal: Journal,
    book: AddressBook,
    progress: &'a dyn Progress,
    taken: Vec<Taken>,
}

/// What became of a transaction.
enum Outcome {
    /// It was mined.
    Mined(Box<TransactionReceipt>),
    /// Another one of the account has its nonce.
    Superseded,
}

impl<'a> Apply<'a> {
    pub(super) fn new(
        sender: &'a Sender,
        artifacts: &'a [Artifact],
        (target, steps): (Target, &'a [Step]),
        (journal, book): (Journal, AddressBook),
        progress: &'a dyn Progress,
    ) -> Self {
        let taken = Vec::new();
        Self { sender, artifacts, steps, target, journal, book, progress, taken }
    }

    /// Takes every step that is not done.
    pub(super) async fn run(&mut self) -> Result<(), Error> {
        self.settle().await?;
        self.resume_landings().await?;
        self.target.prepare(self.sender).await?;
        let done = done(self.sender.chain(), self.steps).await?;
        for (index, (step, mut is_done)) in self.steps.iter().zip(done).enumerate() {
            // What was not so at the start may be so by an earlier step.
            is_done = is_done || self.is_done(step).await?;
            if is_done {
                self.found(index, step)?;
            } else {
                self.take(index, step).await?;
            }
            let done = index as u64 + 1;
            self.progress.report(Event::Advanced { stage: Stage::Deploy, done });
        }
        self.book.roles_given = true;
        self.book.write()?;
        self.journal.write(Line::Complete)
    }

    pub(super) fn into_deployment(self) -> Deployment {
        Deployment { book: self.book, steps: self.taken }
    }

    /// Finds out what became of transactions that were under way when the tool was stopped.
    async fn settle(&mut self) -> Result<(), Error> {
        let Some(last) = self.journal.state.open.last().cloned() else { return Ok(()) };
        let Some(step) = self.steps.get(last.step) else { return Ok(()) };
        let outgoing = outgoing(step);
        let signed = Signed {
            hash: last.transaction,
            raw: last.raw.clone(),
            nonce: last.nonce,
            gas: last.gas,
            max_fee: last.max_fee.saturating_to(),
        };
        let outcome = match self.mined(last.nonce).await? {
            Some(outcome) => outcome,
            None if self.has_a_gap_before(last.nonce).await? => Outcome::Superseded,
            None => {
                // A node that has it still says so, and one that lost it takes it again.
                let again = self.sender.broadcast(&outgoing, &signed).await;
                match self.mined(last.nonce).await? {
                    Some(outcome) => outcome,
                    None => {
                        if let Err(error @ Error::InsufficientFunds { .. }) = again {
                            return Err(error);
                        }
                        self.follow(last.step, &outgoing, signed).await?
                    }
                }
            }
        };
        match outcome {
            // A step that reverted is taken anew, if it is not done.
            Outcome::Mined(receipt) if !receipt.status() => {
                let transaction = receipt.transaction_hash;
                self.journal.write(Line::Reverted { step: last.step, transaction })
            }
            outcome => self.close(last.step, outcome).await.map(drop),
        }
    }

    /// Takes a step.
    async fn take(&mut self, index: usize, step: &Step) -> Result<(), Error> {
        for attempt in 0..ATTEMPTS {
            if attempt > 0 && self.is_done(step).await? {
                return self.found(index, step);
            }
            let landing = self.land(step).await?;
            let mut outgoing = landing.outgoing(outgoing(step));
            if let Some((_, artifact)) = self.creation(step) {
                outgoing.value = self.target.value(self.sender.chain(), artifact).await?;
            }
            let gas = match self.sender.estimate(&outgoing).await {
                Ok(gas) => gas,
                // Somebody else may have done it in the meantime: the factory is everybody's.
                Err(_) if self.is_done(step).await? => return self.found(index, step),
                Err(error) => {
                    landing.clear(self.sender.chain()).await?;
                    return Err(self.reason(step, error).await);
                }
            };
            let (nonce, fees) = (self.sender.next_nonce().await?, self.sender.fees().await?);
            let signed = self.sender.sign(&outgoing, nonce, gas, fees).await?;
            self.intend(index, step, &signed)?;
            let outcome = match self.sender.broadcast(&outgoing, &signed).await {
                Ok(_) => self.follow(index, &outgoing, signed).await?,
                Err(error) => match self.mined(nonce).await? {
                    Some(outcome) => outcome,
                    None => return Err(error),
                },
            };
            match self.close(index, outcome).await {
                Ok(false) => {}
                Ok(true) => {
                    landing.settle(self.sender.chain()).await?;
                    return self.check_code(step).await;
                }
                Err(_) if self.is_done(step).await? => return self.found(index, step),
                Err(error) => return Err(error),
            }
        }
        let account = self.sender.address();
        Err(Error::NonceTaken { account, attempts: ATTEMPTS, step: step.title.clone() })
    }

    /// Writes down that a transaction is about to be sent.
    fn intend(&mut self, index: usize, step: &Step, signed: &Signed) -> Result<(), Error> {
        self.journal.write(Line::Intent(Intent {
            step: index,
            title: step.title.clone(),
            nonce: signed.nonce,
            transaction: signed.hash,
            raw: signed.raw.clone(),
            gas: signed.gas,
            max_fee: U256::from(signed.max_fee),
        }))
    }

    /// Follows a transaction until it or another with its nonce is mined: sends it again when it is
    /// lost, and pays more when it is left lying.
    async fn follow(
        &mut self,
        index: usize,
        outgoing: &Outgoing,
        mut signed: Signed,
    ) -> Result<Outcome, Error> {
        let (begun, mut bumped) = (Instant::now(), Instant::now());
        while begun.elapsed() < DEADLINE {
            let chain = self.sender.chain();
            if let Some(receipt) = chain.wait_for(signed.hash, AGAIN_AFTER).await? {
                return Ok(Outcome::Mined(Box::new(receipt)));
            }
            if let Some(outcome) = self.mined(signed.nonce).await? {
                return Ok(outcome);
            }
            if self.has_a_gap_before(signed.nonce).await? {
                return Ok(Outcome::Superseded);
            }
            if bumped.elapsed() >= BUMP_AFTER {
                let mut fees = self.sender.fees().await?;
                let least = signed.max_fee + signed.max_fee * BUMP_PERCENT / 100;
                fees.max_fee_per_gas = fees.max_fee_per_gas.max(least);
                fees.max_priority_fee_per_gas +=
                    fees.max_priority_fee_per_gas * BUMP_PERCENT / 100 + 1;
                signed = self.sender.sign(outgoing, signed.nonce, signed.gas, fees).await?;
                self.intend(index, &self.steps[index], &signed)?;
                bumped = Instant::now();
            }
            match self.sender.broadcast(outgoing, &signed).await {
                // That it is known already is no fault.
                Ok(_) | Err(Error::Refusal { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::NotMined { transaction: signed.hash, seconds: DEADLINE.as_secs() })
    }

    /// Returns what was mined with a nonce of ours, if anything was.
    async fn mined(&self, nonce: u64) -> Result<Option<Outcome>, Error> {
        let chain = self.sender.chain();
        // Asked first: a transaction that is mined between two questions must not seem another's.
        let count = chain.provider().get_transaction_count(self.sender.address());
        let mined = chain.ask("eth_getTransactionCount", count).await?;
        for intent in self.journal.state.open.iter().filter(|intent| intent.nonce == nonce) {
            if let Some(receipt) = chain.receipt(intent.transaction).await? {
                return Ok(Some(Outcome::Mined(Box::new(receipt))));
            }
        }
        Ok((mined > nonce).then_some(Outcome::Superseded))
    }

    /// Returns whether transactions before this nonce are missing, so that it cannot be mined: a
    /// reorganisation took them back.
    async fn has_a_gap_before(&self, nonce: u64) -> Result<bool, Error> {
        Ok(self.sender.next_nonce().await? < nonce)
    }

    /// Writes down what became of a step's transaction. Returns whether the step is done.
    async fn close(&mut self, index: usize, outcome: Outcome) -> Result<bool, Error> {
        let step = &self.steps[index];
        match outcome {
            Outcome::Superseded => {
                let nonce = self.journal.state.open.last().map_or(0, |intent| intent.nonce);
                self.journal.write(Line::Superseded { step: index, nonce })?;
                Ok(false)
            }
            Outcome::Mined(receipt) if !receipt.status() => {
                let transaction = receipt.transaction_hash;
                self.journal.write(Line::Reverted { step: index, transaction })?;
                Err(self.sender.reason(&outgoing(step), &receipt).await)
            }
            Outcome::Mined(receipt) => {
                let mut receipt = Receipt::from(*receipt);
                receipt.contract = step.creation().map(|creation| creation.address);
                let Receipt { transaction, block, gas_used, .. } = receipt;
                let sent = Sent { transaction, block, gas_used };
                self.journal.write(Line::Confirmed {
                    step: index,
                    transaction,
                    block,
                    gas_used,
                })?;
                self.enter(step, sent)?;
                self.taken.push(Taken { name: step.title.clone(), receipt });
                Ok(true)
            }
        }
    }

    /// Takes note of a step that is done already.
    fn found(&mut self, index: usize, step: &Step) -> Result<(), Error> {
        let known = self.journal.state.sent.get(&index).copied();
        if known.is_none() {
            self.journal.write(Line::Found { step: index })?;
        }
        // Who created it, and when, is not known without the journal.
        let nobody = Sent { transaction: B256::ZERO, block: 0, gas_used: 0 };
        self.enter(step, known.unwrap_or(nobody))
    }

    /// Enters a contract into the address book, if the step created one.
    fn enter(&mut self, step: &Step, sent: Sent) -> Result<(), Error> {
        let Some(creation) = step.creation() else { return Ok(()) };
        let entry = BookEntry {
            address: creation.address,
            deployer: self.sender.address(),
            transaction: sent.transaction,
            block: sent.block,
            gas_used: sent.gas_used,
            code_hash: creation.code_hash,
            constructor_arguments: creation.arguments.clone(),
        };
        let known = self.book.contracts.get(creation.contract);
        let is_news = !entry.transaction.is_zero();
        if known == Some(&entry) || known.is_some_and(|k| k.address == entry.address && !is_news) {
            return Ok(());
        }
        self.book.contracts.insert(creation.contract.to_owned(), entry);
        self.book.write()
    }

    async fn is_done(&self, step: &Step) -> Result<bool, Error> {
        Ok(done(self.sender.chain(), std::slice::from_ref(step)).await?[0])
    }

    /// Makes a contract's place ready, on dev nodes that do not take its code otherwise.
    async fn land(&self, step: &Step) -> Result<Landing, Error> {
        match self.creation(step) {
            Some((Creation { address, arguments, .. }, artifact)) if self.target == Target::Evm => {
                Landing::of(self.sender.chain(), artifact, arguments, *address).await
            }
            _ => Ok(Landing::Free),
        }
    }

    /// Carries on where the tool was killed while it put code onto a dev node.
    async fn resume_landings(&self) -> Result<(), Error> {
        let chain = self.sender.chain();
        if !chain.is_dev_node() || self.target != Target::Evm {
            return Ok(());
        }
        for (index, step) in self.steps.iter().enumerate() {
            if let Some((Creation { address, arguments, .. }, artifact)) = self.creation(step) {
                let was_run = self.journal.state.sent.contains_key(&index);
                Landing::resume(chain, artifact, (arguments, *address), was_run).await?;
            }
        }
        Ok(())
    }

    /// What a step creates, and the contract's artifact.
    fn creation<'b>(&self, step: &'b Step) -> Option<(&'b Creation, &'a Artifact)> {
        let creation = step.creation()?;
        let artifact = self.artifacts.iter().find(|artifact| artifact.name == creation.contract)?;
        Some((creation, artifact))
    }

    async fn check_code(&self, step: &Step) -> Result<(), Error> {
        let Some(creation) = step.creation() else { return Ok(()) };
        let code = self.sender.chain().code(creation.address).await?;
        if keccak256(&code) == creation.code_hash {
            return Ok(());
        }
        let (contract, address) = (creation.contract.to_owned(), creation.address);
        Err(Error::CodeDiffers { contract, address })
    }

    /// Finds out why a step is refused: a factory does not pass a constructor's reason on.
    async fn reason(&self, step: &Step, error: Error) -> Error {
        let (Target::Evm, Some((creation, artifact)), Error::Reverted { .. }) =
            (self.target, self.creation(step), &error)
        else {
            return error;
        };
        create::reason(self.sender, artifact, &creation.arguments).await.unwrap_or(error)
    }
}

/// Returns for each step whether it is done.
///
/// # Errors
///
/// [`Error::CodeDiffers`] when something else is where a contract should be.
pub(super) async fn done(chain: &Chain, steps: &[Step]) -> Result<Vec<bool>, Error> {
    let mut absent: Vec<Address> = Vec::new();
    let mut done = Vec::with_capacity(steps.len());
    for step in steps {
        let Some(creation) = step.creation() else {
            done.push(false);
            continue;
        };
        let code = chain.code(creation.address).await?;
        if !code.is_empty() && keccak256(&code) != creation.code_hash {
            let (contract, address) = (creation.contract.to_owned(), creation.address);
            return Err(Error::CodeDiffers { contract, address });
        }
        if code.is_empty() {
            absent.push(creation.address);
        }
        done.push(!code.is_empty());
    }
    let is_open = |step: &Step| {
        step.creation().is_none() && !step.facts().any(|fact| absent.contains(&fact.to))
    };
    let open: Vec<_> = (0..steps.len()).filter(|index| is_open(&steps[*index])).collect();
    let facts: Vec<&Fact> = open.iter().flat_map(|index| steps[*index].facts()).collect();
    let hold = fact::hold(chain, &facts).await?;
    let mut rest = hold.as_slice();
    for index in open {
        let (own, others) = rest.split_at(steps[index].facts().count());
        done[index] = steps[index].is_done_when(own);
        rest = others;
    }
    Ok(done)
}

/// Returns the transaction of a step.
pub(super) fn outgoing(step: &Step) -> Outgoing {
    let (to, data, call) = match &step.deed {
        Deed::Create(creation) => {
            let call = format!("creation of {}", creation.contract);
            (creation.factory, creation.data.clone(), call)
        }
        Deed::Call { to, data, function } => (*to, data.clone(), (*function).to_owned()),
    };
    Outgoing { call, to: Some(to), data, value: U256::ZERO }
}
