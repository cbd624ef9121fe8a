//! A JSON-RPC endpoint in front of a node, where a hook has each request and decides its answer.

use std::{future::Future, sync::Arc};

use alloy::transports::http::reqwest::{Client, Url};
use anyhow::{Context, Result};
use axum::{
    Router,
    body::{Body, Bytes},
    response::Response,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

/// The code of a JSON-RPC error for a request that the hook failed at (JSON-RPC 2.0, 5.1).
const INTERNAL_ERROR: i64 = -32_603;

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// This is answered: an object with the request's `id`, and `result` or `error`.
    Answer(Value),
    /// The connection breaks before the answer is through. The node may have got the request.
    Lost,
}

/// What is done with each request. A hook may have another one inside, to change what that answers.
pub trait Hook: Send + Sync + 'static {
    /// Answers a request, by passing it on to the node or otherwise.
    ///
    /// # Errors
    ///
    /// When it cannot; the client gets an error of JSON-RPC then.
    fn answer(&self, node: &Upstream, request: Value)
    -> impl Future<Output = Result<Reply>> + Send;
}

/// Passes every request on.
#[derive(Clone, Copy, Debug, Default)]
pub struct PassOn;

impl Hook for PassOn {
    async fn answer(&self, node: &Upstream, request: Value) -> Result<Reply> {
        Ok(Reply::Answer(node.pass(&request).await?))
    }
}

/// The node behind a proxy.
#[derive(Clone, Debug)]
pub struct Upstream {
    url: Url,
    client: Client,
}

impl Upstream {
    /// The node at a URL.
    ///
    /// # Errors
    ///
    /// When it is no URL.
    pub fn new(url: &str) -> Result<Self> {
        Ok(Self { url: url.parse()?, client: Client::new() })
    }

    /// Passes a request on as it is, and returns the whole answer.
    ///
    /// # Errors
    ///
    /// When the node does not answer.
    pub async fn pass(&self, request: &Value) -> Result<Value> {
        let body = serde_json::to_vec(request)?;
        let request = self.client.post(self.url.clone()).header("content-type", "application/json");
        let answer = request.body(body).send().await?.bytes().await?;
        Ok(serde_json::from_slice(&answer)?)
    }

    /// Asks the node something of its own accord, and returns the result.
    ///
    /// # Errors
    ///
    /// When the node does not answer, or answers with an error.
    pub async fn ask(&self, method: &str, params: Value) -> Result<Value> {
        let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let answer = self.pass(&request).await?;
        answer.get("result").cloned().with_context(|| format!("`{method}` failed: {answer}"))
    }
}

/// A proxy on a port of its own, gone when dropped.
#[derive(Debug)]
pub struct RpcProxy {
    url: String,
    server: JoinHandle<()>,
}

impl RpcProxy {
    /// Listens on a free port for the node at `node_url`.
    ///
    /// # Errors
    ///
    /// When no port is free.
    pub async fn start(node_url: &str, hook: impl Hook) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let shared = Arc::new((Upstream::new(node_url)?, hook));
        let router = Router::new().fallback(move |body: Bytes| {
            let shared = Arc::clone(&shared);
            async move { respond(&shared.0, &shared.1, &body).await }
        });
        let server = tokio::spawn(async move {
            // It ends when it is dropped.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { url, server })
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for RpcProxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Answers a packet: one request, or several in a list.
async fn respond(node: &Upstream, hook: &impl Hook, body: &Bytes) -> Response {
    let answer = match serde_json::from_slice(body) {
        Ok(Value::Array(requests)) => {
            let mut answers = Vec::new();
            for request in requests {
                match one(node, hook, request).await {
                    Reply::Answer(answer) => answers.push(answer),
                    Reply::Lost => return broken(),
                }
            }
            Value::Array(answers)
        }
        Ok(request) => match one(node, hook, request).await {
            Reply::Answer(answer) => answer,
            Reply::Lost => return broken(),
        },
        Err(source) => failure(&Value::Null, &source.into()),
    };
    let mut response = Response::new(Body::from(answer.to_string()));
    response.headers_mut().insert("content-type", JSON);
    response
}

const JSON: axum::http::HeaderValue = axum::http::HeaderValue::from_static("application/json");

async fn one(node: &Upstream, hook: &impl Hook, request: Value) -> Reply {
    let id = request["id"].clone();
    let answer = hook.answer(node, request).await;
    answer.unwrap_or_else(|error| Reply::Answer(failure(&id, &error)))
}

fn failure(id: &Value, error: &anyhow::Error) -> Value {
    let error = json!({"code": INTERNAL_ERROR, "message": format!("{error:#}")});
    json!({"jsonrpc": "2.0", "id": id, "error": error})
}

/// A response that promises more than comes, upon which the server closes the connection.
fn broken() -> Response {
    let mut response = Response::new(Body::from_stream(Body::from("{").into_data_stream()));
    let headers = response.headers_mut();
    headers.insert("content-type", JSON);
    headers.insert("content-length", axum::http::HeaderValue::from_static("100"));
    response
}
