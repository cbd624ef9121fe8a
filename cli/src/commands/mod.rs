//! Decides what each subcommand does: one file each, and nothing that the library should own.

pub(crate) mod bench;
pub(crate) mod build;
pub(crate) mod cache;
pub(crate) mod completions;
pub(crate) mod consent;
pub(crate) mod coop;
pub(crate) mod dashboard;
pub(crate) mod data;
pub(crate) mod demo;
pub(crate) mod deploy;
pub(crate) mod explain;
pub(crate) mod gov;
pub(crate) mod keepalive;
pub(crate) mod key;
pub(crate) mod man;
pub(crate) mod market;
pub(crate) mod member;
pub(crate) mod node;
pub(crate) mod oracle;
pub(crate) mod revenue;
pub(crate) mod roles;
pub(crate) mod send;
pub(crate) mod token;
pub(crate) mod trace;
pub(crate) mod translate;
pub(crate) mod treasury;
