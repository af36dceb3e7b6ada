//! Checks which emulator listens on a port.

use std::net::Ipv4Addr;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The health report of an emulator.
#[derive(Debug, Deserialize)]
pub(super) struct Health {
    /// The token that identifies the project of the emulator.
    pub(super) edition: String,
}

/// Returns the health of the emulator on `port`, or `None` if there is none or it does not respond in time.
pub(super) async fn read(port: u16, timeout_after: Duration) -> Option<Health> {
    timeout(timeout_after, request(port)).await.ok()?.ok().as_deref().and_then(parse)
}

async fn request(port: u16) -> std::io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    // With HTTP/1.0, the response is not chunked and ends at the end of the stream.
    stream.write_all(b"GET /_ministack/health HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n").await?;
    let mut response = String::new();
    stream.take(100_000).read_to_string(&mut response).await?;
    Ok(response)
}

fn parse(response: &str) -> Option<Health> {
    let (head, body) = response.split_once("\r\n\r\n")?;
    let ok = head.lines().next()?.split(' ').nth(1)? == "200";
    if ok { serde_json::from_str(body).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_health_report_of_an_emulator_is_accepted() {
        let ours = "HTTP/1.1 200 \r\ncontent-length: 21\r\n\r\n{\"edition\": \"ours\", \"version\": \"1\"}";
        assert_eq!(parse(ours).unwrap().edition, "ours");
        for other in
            ["", "SSH-2.0-x\r\n", "HTTP/1.1 200 OK\r\n\r\nhello", "HTTP/1.1 404 \r\n\r\n{\"edition\":\"\"}"]
        {
            assert!(parse(other).is_none(), "{other}");
        }
    }

    #[tokio::test]
    async fn neither_a_closed_nor_a_silent_port_is_an_emulator() {
        let silent = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = silent.local_addr().unwrap().port();
        assert!(read(port, Duration::from_millis(50)).await.is_none());
        drop(silent);
        assert!(read(port, Duration::from_secs(5)).await.is_none());
    }
}
