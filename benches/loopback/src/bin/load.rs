//! A load generator: sends requests over several connections, as fast as the server responds.
//!
//!     load ADDRESS CONNECTIONS REQUESTS < PATHS
//!
//! Each connection sends the next path, and the first again after the last. Prints a JSON object: requests per second,
//! the median and the 99th percentile in milliseconds, the number of responses with a status other than 200, and the
//! total length of the bodies.

use std::io::{BufRead as _, BufReader, Read as _, Result, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, connections, requests] = &arguments[..] else { panic!("load ADDRESS CONNECTIONS REQUESTS") };
    let number = |text: &String| text.parse::<usize>().unwrap_or(1);
    let (connections, requests) = (number(connections), number(requests));
    let paths: Vec<String> = std::io::stdin().lines().collect::<Result<_>>()?;
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    let answers: Vec<(f64, u16, usize)> = std::thread::scope(|scope| {
        let work = || -> Result<Vec<(f64, u16, usize)>> {
            let stream = TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            let (mut reader, mut writer) = (BufReader::new(stream.try_clone()?), stream);
            let mut answers = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                if at >= requests {
                    return Ok(answers);
                }
                let begun = Instant::now();
                let path = &paths[at % paths.len()];
                let accept = "accept: image/webp,*/*;q=0.8";
                write!(writer, "GET {path} HTTP/1.1\r\nhost: {address}\r\n{accept}\r\n\r\n")?;
                let (status, bytes) = read_answer(&mut reader)?;
                answers.push((begun.elapsed().as_secs_f64() * 1e3, status, bytes));
            }
        };
        let threads: Vec<_> = (0..connections).map(|_| scope.spawn(work)).collect();
        let joined = threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Ok(Vec::new())));
        joined.collect::<Result<Vec<_>>>().map(|all| all.concat())
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    let mut times: Vec<f64> = answers.iter().map(|(ms, ..)| *ms).collect();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let failed = answers.iter().filter(|(_, status, _)| *status != 200).count();
    let bytes: usize = answers.iter().map(|(.., bytes)| bytes).sum();
    println!(
        "{{\"rps\": {}, \"p50\": {}, \"p99\": {}, \"failed\": {failed}, \"bytes\": {bytes}}}",
        times.len() as f64 / seconds,
        at(0.5),
        at(0.99)
    );
    Ok(())
}

/// Reads a response. Returns its status and the length of its body.
fn read_answer(reader: &mut BufReader<TcpStream>) -> Result<(u16, usize)> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let (mut length, mut is_chunked) = (0, false);
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        is_chunked |= line.starts_with("transfer-encoding:") && line.ends_with("chunked");
    }
    if !is_chunked {
        std::io::copy(&mut reader.take(length), &mut std::io::sink())?;
        return Ok((status, usize::try_from(length).unwrap_or(0)));
    }
    let mut bytes = 0;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let size = u64::from_str_radix(line.trim(), 16).unwrap_or(0);
        std::io::copy(&mut reader.take(size + 2), &mut std::io::sink())?;
        if size == 0 {
            return Ok((status, bytes));
        }
        bytes += usize::try_from(size).unwrap_or(0);
    }
}
