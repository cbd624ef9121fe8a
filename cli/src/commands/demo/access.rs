//! Decides what the demo shows of access to data: members consent and have their records attested,
//! a researcher buys, a member withdraws, and what was earned is claimed.

use std::{collections::BTreeMap, path::Path};

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256, uint},
    signers::local::PrivateKeySigner,
};
use anyhow::{Context as _, ensure};
use datacoop_deploy::{
    bindings::{
        IConsentRegistry::ConsentGranted,
        IDataMarket::{AccessLogged, SaleSplit, buyCall, logAccessCall, requiredStakeCall},
        IDataRegistry::{DatasetCreated, challengePeriodCall, createDatasetCall},
        IDataToken::transferCall,
        IRevenueDistributor::{RevenueClaimed, claimCall},
    },
    chain::{Receipt, Sender},
    consent::{ConsentDomain, Consents, DataClasses, Grantee, Purposes, Scope, Wish},
    data::{Manifest, Registry, Salts, next_edition, publish_call, register},
    market::{Asked, Edition, Listing, Market, Order, Purpose, Unit},
    members::{ActorRoles, IssuerSecret, Members},
    revenue::{Revenue, claims_of_all},
};
use datacoop_ingest::{AddressMap, DataClass, read_consents};

use super::{
    records::{Records, key_of},
    stage::Stage,
};
use crate::amount::Amount;

/// What members are known by to the demo's issuer: a real one keeps its secret.
const SECRET: &str = "the secret of an issuer that is shown to everybody";

/// The masks of the actor roles.
const PATIENT: ActorRoles = ActorRoles(1);
const RESEARCHER: ActorRoles = ActorRoles(1 << 4);

/// Academic research, by number.
const ACADEMIC: Purpose = Purpose(0);

/// Seconds of a year.
const YEAR: u64 = 365 * 86_400;

/// What the researcher starts with: 2,000 DATA.
const PURSE: U256 = uint!(2_000_000_000_000_000_000_000_U256);

/// The key that what is bought is encrypted to.
const PUBLIC_KEY: B256 = B256::repeat_byte(0x4b);

/// Everybody and everything of the story.
struct Story {
    members: Members,
    consents: Consents,
    registry: Registry,
    market: Market,
    revenue: Revenue,
    researcher: Sender,
    terms: B256,
}

/// Plays the story.
pub(super) async fn play(
    stage: &mut Stage<'_>,
    records: &Records,
    researcher: Sender,
) -> anyhow::Result<()> {
    let (chain, book) = (stage.chain().clone(), &stage.coop.book);
    let story = Story {
        members: Members::of_book(&chain, book)?,
        consents: Consents::of_book(&chain, book)?,
        registry: Registry::of_book(&chain, book).await?,
        market: Market::of_book(&chain, book).await?,
        revenue: Revenue::of_book(&chain, book).await?,
        researcher,
        terms: keccak256("datacoop demo: for research, and no attempt to find out who is who"),
    };
    story.join(stage, records).await?;
    story.consent(stage, records).await?;
    story.register(stage, records).await?;
    let Some(first) = story.publish(stage).await? else {
        let reason = "access to data: an edition waits before it is live, and this chain's clock cannot be moved";
        stage.not_shown.push(reason.to_owned());
        return Ok(());
    };
    story.buy(stage, &first).await?;
    let reader = story.read(stage, records, &first).await?;
    story.withdraw(stage, &first, &reader).await?;
    story.next(stage, &first).await?;
    story.claim(stage, &first).await
}

/// A record that was read, and the member whose it is.
struct Read {
    record: B256,
    owner: Address,
    patient: String,
}

impl Story {
    /// Every patient becomes a member.
    async fn join(&self, stage: &mut Stage<'_>, records: &Records) -> anyhow::Result<()> {
        let issuer = stage.coop.oracle.clone();
        let secret = IssuerSecret::new(SECRET)?;
        let mut receipts = Vec::new();
        for (patient, member) in &records.members {
            let credential = secret.credential(patient)?;
            let call = self.members.issue(*member, credential, PATIENT);
            receipts.push(issuer.send(&call).await?);
        }
        let result = format!("{} members, one for each person", receipts.len());
        stage.done("membersJoin", "the issuer makes every patient a member", result, &receipts);
        Ok(())
    }

    /// What the consents of the examples give today, and what all members but one give in person.
    async fn consent(&self, stage: &mut Stage<'_>, records: &Records) -> anyhow::Result<()> {
        let relayer = stage.coop.oracle.clone();
        let now = stage.chain().next_time().await?;
        let to = self.consents.domain().await?;
        let mut receipts = Vec::new();
        // One member has not answered yet.
        let willing = records.members.values().zip(records.members.keys()).skip(1);
        for (member, patient) in willing {
            let scope = Scope {
                classes: DataClasses(0b1111),
                purposes: Purposes(1),
                grantee: Grantee::AnyoneVetted,
                expiry: now + YEAR,
                terms: self.terms,
            };
            let key = key_of(patient)?;
            ensure!(key.address() == *member, "the key of {patient} is another's");
            let receipt = self.relay(&relayer, Wish::Grant { scope }, &to, &key).await?;
            ensure!(
                receipt.events_of::<ConsentGranted>(to.registry).count() == 1,
                "the signature of {patient} left no consent"
            );
            receipts.push(receipt);
        }
        let fhir = fhir_consents(&records.folder, now)?;
        let result = format!(
            "{} of {} members consent to academic research by anyone vetted, each by a signature; {fhir}",
            receipts.len(),
            records.members.len(),
        );
        stage.done("consentsGiven", "members consent, and others relay it", result, &receipts);
        Ok(())
    }

    /// Has a change of a consent signed by its subject and submits it as somebody else.
    async fn relay(
        &self,
        relayer: &Sender,
        wish: Wish,
        to: &ConsentDomain,
        subject: &PrivateKeySigner,
    ) -> anyhow::Result<Receipt> {
        let nonce = self.consents.nonce(subject.address()).await?;
        let deadline = relayer.chain().next_time().await? + 3_600;
        let signed = wish.sign(to, nonce, deadline, &subject.clone().into()).await?;
        let call = self.consents.relay(Path::new("signed.json"), &signed).await?;
        Ok(relayer.send(&call).await?)
    }

    /// The attestor registers every record, by its salted hash.
    async fn register(&self, stage: &mut Stage<'_>, records: &Records) -> anyhow::Result<()> {
        let attestor = stage.coop.oracle.clone();
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let mut salts = Salts::read(&folder.path().join("salts"))?;
        let base = Bytes::from_static(b"urn:datacoop:");
        let documents = &records.documents;
        let done =
            register(&self.registry, &attestor, &mut salts, documents, &base, stage.progress)
                .await?;
        let result = format!("{} records, of each its salted hash", done.registered);
        let title = "a hospital attests to all records";
        let last = done.transactions.last().copied().unwrap_or_default();
        let spent = (done.gas_used, done.transactions.len());
        stage.took("recordsRegistered", title, result, last, spent);
        Ok(())
    }

    /// The curator publishes the first edition of a dataset; none when it cannot become live here.
    async fn publish(&self, stage: &mut Stage<'_>) -> anyhow::Result<Option<Manifest>> {
        let curator = stage.coop.oracle.clone();
        let name = "clinical records of the HL7 examples".to_owned();
        let call = createDatasetCall {
            dataClass: DataClass::Clinical as u8,
            purposes: 1,
            name: name.clone(),
        };
        let created = curator.call(self.registry.address(), &call).await?;
        ensure!(
            created.events_of::<DatasetCreated>(self.registry.address()).count() == 1,
            "no dataset was created"
        );
        let (manifest, left_out, receipt) = self.edition(&curator, &name).await?;
        let result = format!(
            "{} records of {} contributors; {left_out} records without consent are left out",
            manifest.record_count(),
            manifest.contributors().len(),
        );
        let title = "a dataset, and its first edition: records whose owners consent";
        stage.done("editionPublished", title, result, &[created, receipt]);
        let period = stage.chain().read(self.registry.address(), &challengePeriodCall {}).await?;
        let moved = stage.chain().advance_time(period).await;
        Ok(moved.is_ok().then_some(manifest))
    }

    /// Gathers and publishes the next edition of a dataset, and returns how many records were left
    /// out for want of a consent.
    async fn edition(
        &self,
        curator: &Sender,
        name: &str,
    ) -> anyhow::Result<(Manifest, u64, Receipt)> {
        let dataset = self.registry.dataset(name).await?;
        let (manifest, gathered) =
            next_edition(&self.registry, name, &dataset, &BTreeMap::new()).await?;
        let call = publish_call(&manifest, "");
        let receipt = curator.call(self.registry.address(), &call).await?;
        Ok((manifest, gathered.without_consent, receipt))
    }

    /// A researcher is vetted, stakes, and buys; others cannot.
    async fn buy(&self, stage: &mut Stage<'_>, manifest: &Manifest) -> anyhow::Result<()> {
        let (issuer, bank) = (stage.coop.oracle.clone(), stage.coop.governance.clone());
        let (token, market) = (stage.coop.token, self.market.address());
        let account = self.researcher.address();
        let edition = Edition(manifest.edition());
        let listing = Listing {
            edition,
            token,
            unit: Unit::Edition,
            purposes: Purposes(1),
            max_periods: 12,
            terms: self.terms,
        };
        let listed = self.market.list(&issuer, &listing).await?;
        let price = self.market.quote(edition, token, ACADEMIC, 1).await?;
        let result = format!("{} DATA for 30 days of academic research", Amount(price));
        stage.done("editionListed", "the edition is for sale", result, &[listed]);
        let buy = |max_price| buyCall {
            edition: manifest.edition(),
            token,
            purpose: ACADEMIC.0,
            periods: 1,
            maxPrice: max_price,
            termsHash: self.terms,
            publicKey: PUBLIC_KEY,
        };
        let stranger = stage.coop.stranger.clone();
        let title = "somebody who is not vetted buys";
        let call = buy(price);
        stage.rejected("unvetted", title, &stranger, (market, &call), "MarketNotVetted").await?;
        let credential = IssuerSecret::new(SECRET)?.credential("the researcher")?;
        let member = issuer.send(&self.members.issue(account, credential, RESEARCHER)).await?;
        let purse = bank.call(token, &transferCall { to: account, value: PURSE }).await?;
        let required = stage.chain().read(market, &requiredStakeCall {}).await?;
        let staked = self.market.add_stake(&self.researcher, required).await?;
        let result = format!("{} DATA at stake", Amount(required));
        let title = "a researcher is vetted, and stakes";
        stage.done("researcherVetted", title, result, &[member, purse, staked]);
        let title = "the researcher buys at a price that is out of date";
        let call = buy(price - U256::ONE);
        let researcher = self.researcher.clone();
        let expected = "MarketPriceAboveMaximum";
        stage.rejected("stalePrice", title, &researcher, (market, &call), expected).await?;
        let order = Order {
            edition,
            token,
            purpose: ACADEMIC,
            periods: 1,
            max_price: price,
            terms: self.terms,
            public_key: PUBLIC_KEY,
        };
        let bought = self.market.buy(&self.researcher, &order).await?;
        let split = bought.receipt.events_of::<SaleSplit>(market).next();
        let split = split.context("the sale left no split")?;
        let result = format!(
            "{} DATA: {} to the contributors, {} burned",
            Amount(bought.price),
            Amount(split.contributors),
            Amount(split.burned),
        );
        stage.done("licenceBought", "the researcher buys a licence", result, &[bought.receipt]);
        Ok(())
    }

    /// The access server logs what is read: for the audit events of the examples, or one record.
    async fn read(
        &self,
        stage: &mut Stage<'_>,
        records: &Records,
        manifest: &Manifest,
    ) -> anyhow::Result<Read> {
        let server = stage.coop.oracle.clone();
        let market = self.market.address();
        let patients: BTreeMap<_, _> =
            records.members.iter().map(|(patient, member)| (*member, patient)).collect();
        let events = audit_events(&records.folder);
        let of_event = manifest.contributors().iter().find(|one| {
            patients.get(&one.account).is_some_and(|patient| events.contains_key(*patient))
        });
        let one = of_event.or_else(|| manifest.contributors().first());
        let one = one.context("the edition has no contributors")?;
        let patient = patients.get(&one.account).map(|patient| (*patient).clone());
        let patient = patient.unwrap_or_default();
        let record = *one.records.first().context("a contributor has no records")?;
        let reads = events.get(&patient).copied().unwrap_or(1);
        let mut receipts = Vec::new();
        for record in one.records.iter().copied().cycle().take(reads) {
            let proof = manifest.record_proof(record).context("a record has no proof")?;
            let read = (record, proof);
            receipts.push(self.market.log_access(&server, U256::ONE, read).await?);
        }
        let logged: usize =
            receipts.iter().map(|one| one.events_of::<AccessLogged>(market).count()).sum();
        let result = format!("{logged} reads of records of {patient} are logged for them to see");
        stage.done(
            "accessLogged",
            "the researcher reads, by licence and consent",
            result,
            &receipts,
        );
        Ok(Read { record, owner: one.account, patient })
    }

    /// A member withdraws consent: in the same block nothing of theirs can be read any more.
    async fn withdraw(
        &self,
        stage: &mut Stage<'_>,
        manifest: &Manifest,
        read: &Read,
    ) -> anyhow::Result<()> {
        let relayer = stage.coop.oracle.clone();
        let to = self.consents.domain().await?;
        let proof = manifest.record_proof(read.record).context("a record has no proof")?;
        let asked = Asked {
            holder: self.researcher.address(),
            edition: Edition(manifest.edition()),
            purpose: ACADEMIC,
            record: Some((read.record, proof.clone())),
        };
        ensure!(self.market.access(&asked).await?.is_allowed, "the record cannot be read");
        let mut receipts = Vec::new();
        let key = key_of(&read.patient)?;
        for consent in self.consents.live(read.owner).await? {
            let wish = Wish::Revoke { consent: consent.id };
            receipts.push(self.relay(&relayer, wish, &to, &key).await?);
        }
        let denied = self.market.access(&asked).await?;
        ensure!(!denied.is_allowed, "the record can still be read");
        let result = format!("no record of {} can be read any more", read.patient);
        stage.done("consentWithdrawn", "a member withdraws consent", result, &receipts);
        let call = logAccessCall { licenceId: U256::ONE, recordId: read.record, proof };
        let title = "the researcher reads that member's record all the same";
        let market = self.market.address();
        stage.rejected("unreadable", title, &relayer, (market, &call), "MarketUnreadable").await
    }

    /// The next edition is without whoever withdrew.
    async fn next(&self, stage: &mut Stage<'_>, first: &Manifest) -> anyhow::Result<()> {
        let curator = stage.coop.oracle.clone();
        let (next, _, receipt) = self.edition(&curator, &first.head().name).await?;
        let gone = first.record_count().saturating_sub(next.record_count());
        ensure!(gone > 0, "the next edition has as many records");
        let result = format!("{} records, {gone} fewer", next.record_count());
        let title = "the next edition leaves that member's records out";
        stage.done("nextEdition", title, result, &[receipt]);
        Ok(())
    }

    /// Everybody is paid, and nobody twice.
    async fn claim(&self, stage: &mut Stage<'_>, manifest: &Manifest) -> anyhow::Result<()> {
        // Whoever calls: what is claimed goes to those whose it is.
        let caller = stage.coop.stranger.clone();
        let (token, revenue) = (stage.coop.token, self.revenue.address());
        let mut receipts = Vec::new();
        for call in claims_of_all(manifest, token) {
            receipts.push(caller.call(revenue, &call).await?);
        }
        let claims = receipts.iter().flat_map(|one| one.events_of::<RevenueClaimed>(revenue));
        let amounts: Vec<U256> = claims.map(|claimed| claimed.amount).collect();
        let sum: U256 = amounts.iter().sum();
        let result = format!("{} DATA to {} contributors", Amount(sum), amounts.len());
        stage.done("revenueClaimed", "contributors are paid what was earned", result, &receipts);
        let one = manifest.contributors().first().context("the edition has no contributors")?;
        let (shares, proof) = manifest.share_proof(one.account).context("no proof of shares")?;
        let (edition, account) = (manifest.edition(), one.account);
        let call = claimCall { edition, token, account, shares, proof };
        let title = "a contributor claims once more";
        let expected = "RevenueNothingToClaim";
        stage.rejected("secondClaim", title, &caller, (revenue, &call), expected).await
    }
}

/// What the FHIR consents of a folder give at a time, in words.
fn fhir_consents(folder: &Path, now: u64) -> anyhow::Result<String> {
    let is_consent = |path: &Path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("Consent-")
    };
    let files = std::fs::read_dir(folder).context("the folder of the records is gone")?;
    let mut paths: Vec<_> = files.flatten().map(|file| file.path()).collect();
    paths.retain(|path| is_consent(path));
    if paths.is_empty() {
        return Ok("the folder has no FHIR consents".to_owned());
    }
    let found = read_consents(&paths, &AddressMap::default(), now)?.consents;
    let giving = found.iter().filter(|consent| consent.outcome.is_ok()).count();
    Ok(format!("of {} FHIR consents in the folder {giving} give something today", found.len()))
}

/// How many audit events of a folder tell of a read, by patient.
fn audit_events(folder: &Path) -> BTreeMap<String, usize> {
    let mut events = BTreeMap::new();
    for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if !file.file_name().to_string_lossy().starts_with("AuditEvent-") {
            continue;
        }
        let text = std::fs::read_to_string(file.path()).unwrap_or_default();
        let event: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let entities = event["entity"].as_array().into_iter().flatten();
        let patient = entities
            .filter_map(|entity| entity["what"]["reference"].as_str())
            .find(|reference| reference.starts_with("Patient/"));
        if let (Some("R"), Some(patient)) = (event["action"].as_str(), patient) {
            let patient = patient.split("/_history").next().unwrap_or_default();
            *events.entry(patient.to_owned()).or_insert(0) += 1;
        }
    }
    events
}
