//! Decides how the errors of the data registry are said.

use super::{Phrase, phrase};

/// The errors of the data registry.
pub(super) const PHRASES: &[Phrase] = &[
    // Records.
    phrase("RecordInvalidId", "zero cannot be a record"),
    phrase("RecordInvalidDataClass", "there is no data class {dataClass}; the last is {maximum}"),
    phrase("RecordInvalidPointer", "a pointer has {minimum} to {maximum} bytes here, not {length}"),
    phrase("RecordAlreadyRegistered", "record {recordId} was registered before")
        .hint("a record is registered once, and not again after its erasure"),
    phrase("RecordOwnerNotPatient", "{owner} is no member that acts as patient")
        .hint("an issuer makes members and says what they act as"),
    phrase(
        "RecordSchemaNotLive",
        "version {schemaVersion} of schema {schemaId} was never published, or is retired",
    )
    .hint("schemas are published by whoever holds SCHEMA_ROLE, in the end governance"),
    phrase("RecordSignatureExpired", "the signature was valid until {deadline}"),
    phrase("RecordInvalidSignature", "{owner} did not sign this")
        .hint("a signature is good once, in the order of nonces, and for one chain and contract"),
    phrase("RecordBatchEmpty", "the batch has no records"),
    phrase("RecordBatchEntryFailed", "record {index} of the batch: {reason}")
        .hint("nothing of the batch was written; correct the record, or leave it out"),
    phrase(
        "RecordWrongStatus",
        "record {recordId} has the status {status}, and {needed} is needed (1 registered, 2 attested, 3 erased)",
    ),
    phrase(
        "RecordSelfAttestation",
        "{account} attests to records and cannot have record {recordId}",
    )
    .hint("nobody attests to a record of their own: another attestor has to"),
    phrase("RecordNotLive", "record {recordId} is not registered, or is erased"),
    phrase("RecordUnauthorizedOwner", "{caller} is not {owner}, whose record this is")
        .hint("sign with the owner's key (`--from`)"),
    phrase("RecordUnauthorizedCandidate", "the record is offered to {candidate}, not to {caller}"),
    phrase("RecordCandidateNotMember", "{candidate} is not a member"),
    // Schemas.
    phrase("SchemaInvalidName", "a schema's name has {minimum} to {maximum} bytes, not {length}"),
    phrase(
        "SchemaNameCollision",
        "another schema has the id {schemaId}, by the name with the hash {nameHash}",
    )
    .hint("an id is the first four bytes of the name's hash: choose another name"),
    phrase("SchemaMissingHash", "the hash of the schema is needed"),
    phrase("SchemaUriTooLong", "a URI has at most {maximum} bytes, not {length}"),
    phrase(
        "SchemaTooManyVersions",
        "schema {schemaId} has {maximum} versions, and no more are possible",
    ),
    phrase("SchemaNotLive", "version {version} of schema {schemaId} is not live"),
    // Datasets.
    phrase("DatasetInvalidPurposes", "{purposes} is no mask of purposes from 1 to {maximum}"),
    phrase("DatasetInvalidName", "a dataset's name has {minimum} to {maximum} bytes, not {length}"),
    phrase("DatasetNameInUse", "dataset {datasetId} has that name"),
    phrase("DatasetUnknown", "there is no dataset {datasetId}"),
    phrase("DatasetUnauthorizedCurator", "{caller} is not {curator}, the dataset's curator")
        .hint("sign with the curator's key (`--from`)"),
    phrase("DatasetInvalidCurator", "{curator} does not hold CURATOR_ROLE"),
    // Editions.
    phrase("EditionMissingHash", "roots and the manifest's hash cannot be zero"),
    phrase(
        "EditionCohortTooSmall",
        "{contributors} contributors are fewer than the minimum cohort of {minimum}",
    )
    .hint("so few people could be told apart; wait for more of them to contribute and consent"),
    phrase("EditionInvalidCounts", "{records} records cannot have {contributors} contributors"),
    phrase("EditionInvalidShares", "{totalShares} shares are not from {minimum} to {maximum}"),
    phrase("EditionUriTooLong", "a URI has at most {maximum} bytes, not {length}"),
    phrase(
        "EditionNotChallengeable",
        "edition {edition} was never published, is voided, or is live since {liveFrom}",
    )
    .hint("an edition is voided before it is live, or never"),
    phrase("EditionNoFault", "this shows no fault of edition {edition} at record {recordId}"),
    phrase("EditionMissingReason", "the hash of a reason is needed"),
    // Parameters.
    phrase("DataRegistryParameterOutOfBounds", "{value} is not from {minimum} to {maximum}"),
    phrase("DataRegistryInvalidContract", "there is no contract at {account}"),
];
