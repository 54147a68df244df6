//! The real window under a flood: how long an event takes to be painted, how
//! busy the web view is, and whether it ends in the right state.

use ringside_words::text;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;

use super::desktop::Desktop;
use super::driver::{App, Driver};
use super::report::say;
use super::{Done, until};

/// Measures from inside: marks carry the moment they were sent, and count when
/// the frame that shows them has been handed to the screen.
const MEASURE: &str = r"
const flood = (window.__flood = { painted: [], frames: 0, dropped: 0, longest: 0, last: false, began: performance.now() });
let newest = 0;
new MutationObserver((records) => {
  let mark = 0;
  for (const record of records)
    for (const node of [record.target, ...record.addedNodes]) {
      const words = node.nodeType === 3 ? node.nodeValue : node.nodeType === 1 ? node.textContent : '';
      const found = words.length < 400 && /mark (\d+)/.exec(words);
      if (found) mark = Math.max(mark, Number(found[1]));
      if (words.length < 400 && words.includes('nothing comes after this')) flood.last = true;
    }
  if (mark > newest) {
    newest = mark;
    requestAnimationFrame(() => setTimeout(() => flood.painted.push(Date.now() - mark)));
  }
}).observe(document.body, { subtree: true, childList: true, characterData: true });
let before = performance.now();
const frame = (now) => {
  flood.frames += 1;
  flood.dropped += Math.max(0, Math.round((now - before) / (1000 / 60)) - 1);
  flood.longest = Math.max(flood.longest, now - before);
  before = now;
  requestAnimationFrame(frame);
};
requestAnimationFrame(frame);
";

/// What the board says, for comparing the window that saw it all with one that is drawn anew.
const STATE: &str = "return [...document.querySelectorAll('main h1, main h2, [data-figure], [role=listitem]')]\
    .map((part) => part.innerText).filter((text) => !/\\d:\\d\\d/.test(text)).slice(0, 40)";

/// One flood.
struct Rate {
    per_second: u32,
    seconds: u32,
    live: u32,
}

/// What stands on the command line.
pub(crate) struct Programs {
    pub(crate) app: PathBuf,
    pub(crate) bench: PathBuf,
    pub(crate) driver: PathBuf,
    pub(crate) out: PathBuf,
}

/// Both floods; the last line is JSON.
pub(crate) async fn play(programs: &Programs) -> Done<bool> {
    std::fs::create_dir_all(&programs.out)?;
    let calm = Rate { per_second: 1000, seconds: 60, live: 200 };
    let wild = Rate { per_second: 20_000, seconds: 10, live: 1000 };
    let calm = flood(programs, &calm, "calm").await?;
    say(&calm.to_string());
    let wild = flood(programs, &wild, "wild").await?;
    let is_good = [&calm, &wild].iter().all(|told| told["right_state"] == true);
    say(&json!({"calm": calm, "wild": wild}).to_string());
    Ok(is_good)
}

async fn flood(programs: &Programs, rate: &Rate, name: &str) -> Done<Value> {
    let desktop = Desktop::start(&programs.out).await?;
    let (address, _service) = service(&programs.bench, &desktop, rate).await?;
    let token = desktop.command(&programs.bench).arg("token").output().await?;
    let driver = Driver::start(&programs.driver, &desktop).await?;
    let app = driver.start_app(&programs.app).await?;
    sign_in(&app, &format!("http://{address}"), String::from_utf8_lossy(&token.stdout).trim()).await?;
    app.run(MEASURE).await?;
    until("the first mark", 30, async || {
        Ok((app.run("return window.__flood.painted.length").await? != json!(0)).then_some(()))
    })
    .await?;
    app.run("window.__flood.frames = window.__flood.dropped = window.__flood.longest = 0").await?;
    let (began, busy_before, told_before) = (Instant::now(), busy_ticks()?, diagnostics(&app).await?);
    let mut slowest_click = Duration::ZERO;
    let within = u64::from(rate.seconds) * 3 + 30;
    let mut clicks = 0;
    until("the last text", within, async || {
        let clicked = Instant::now();
        let to = if clicks % 2 == 0 { "Queues" } else { "Desk" };
        // Every few seconds the agent looks elsewhere and comes back.
        if rate.per_second > 1000 {
            app.run(&format!(
                "[...document.querySelectorAll('nav button')].find((b) => b.innerText.includes('{to}'))?.click()"
            ))
            .await?;
            until("the other view", 30, async || {
                let text = app.run("return document.querySelector('nav [aria-current=page]')?.innerText ?? ''").await?;
                Ok(text.as_str().is_some_and(|text| text.contains(to)).then_some(()))
            })
            .await?;
            clicks += 1;
            slowest_click = slowest_click.max(clicked.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        Ok((app.run("return window.__flood.last").await? == json!(true)).then_some(()))
    })
    .await?;
    let took = began.elapsed();
    let (busy, told) = (busy_ticks()? - busy_before, diagnostics(&app).await?);
    let seen = app.run("return window.__flood").await?;
    desktop.picture(&format!("flooded-{name}")).await?;
    let right_state = is_right(&app).await?;
    app.end().await;
    let mut painted: Vec<f64> = seen["painted"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    painted.sort_by(f64::total_cmp);
    let at = |part: f64| painted.get(((painted.len() as f64 - 1.0) * part) as usize).copied();
    let per_second = |name: &str| {
        let count = told[name].as_f64().unwrap_or_default() - told_before[name].as_f64().unwrap_or_default();
        (count / took.as_secs_f64()).round()
    };
    Ok(json!({
        "events_per_second": rate.per_second, "seconds": took.as_secs_f64().round(), "marks": painted.len(),
        "painted_ms_p50": at(0.5), "painted_ms_p95": at(0.95), "painted_ms_p99": at(0.99),
        "patches_per_second": per_second("patches"), "batches_per_second": per_second("batches"),
        "busy_percent": (busy / took.as_secs_f64()).round(), "frames": seen["frames"], "dropped_frames": seen["dropped"],
        "longest_frame_ms": seen["longest"], "slowest_click_ms": slowest_click.as_millis(), "right_state": right_state,
    }))
}

async fn service(bench: &Path, desktop: &Desktop, rate: &Rate) -> Done<(String, Child)> {
    let events = rate.per_second * rate.seconds;
    let mut child = desktop
        .command(bench)
        .args(["flood", "documented", &rate.live.to_string(), &events.to_string(), &rate.per_second.to_string()])
        .stdout(Stdio::piped())
        .spawn()?;
    let mut lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
    let address = lines.next_line().await?.ok_or("the flood ended")?;
    Ok((address, child))
}

async fn sign_in(app: &App, address: &str, token: &str) -> Done {
    app.shows("form h2", "Sign in").await?;
    app.click(".service button").await?;
    app.type_into("[name=service]", address).await?;
    app.run("[...document.querySelectorAll('form button')].find((b) => b.innerText.includes('Token'))?.click()")
        .await?;
    app.type_into("[name=token]", token).await?;
    app.click("form [type=submit]").await?;
    app.shows("header", &text!("link-promise-hears")).await
}

async fn diagnostics(app: &App) -> Done<Value> {
    app.run(
        "window.__told = null; window.__TAURI_INTERNALS__.invoke('diagnostics').then((told) => (window.__told = told))",
    )
    .await?;
    until("the diagnostics", 20, async || {
        let told = app.run("return window.__told").await?;
        Ok((!told.is_null()).then_some(told))
    })
    .await
}

/// Hundredths of a second that the main threads of the web views have worked:
/// the busiest one draws the desk.
fn busy_ticks() -> Done<f64> {
    let mut most: f64 = 0.0;
    for entry in std::fs::read_dir("/proc")?.flatten() {
        let pid = entry.file_name();
        let Some(pid) = pid.to_str().filter(|pid| pid.bytes().all(|byte| byte.is_ascii_digit())) else { continue };
        // A process may end while it is looked at.
        let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        if !name.starts_with("WebKitWebProces") {
            continue;
        }
        let stat = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/stat")).unwrap_or_default();
        let fields: Vec<f64> =
            stat.rsplit(") ").next().unwrap_or_default().split(' ').map(|field| field.parse().unwrap_or(0.0)).collect();
        most = most.max(fields.get(11).copied().unwrap_or_default() + fields.get(12).copied().unwrap_or_default());
    }
    Ok(most)
}

/// The window that saw every change shows what one drawn from the whole does.
async fn is_right(app: &App) -> Done<bool> {
    app.run("[...document.querySelectorAll('nav button')].find((b) => b.innerText.includes('Live'))?.click()").await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let seen = until("a state that stays", 30, async || {
        let before = app.run(STATE).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let after = app.run(STATE).await?;
        Ok((before == after).then_some(after))
    })
    .await?;
    app.run("location.reload()").await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    app.run("[...document.querySelectorAll('nav button')].find((b) => b.innerText.includes('Live'))?.click()").await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let anew = app.run(STATE).await?;
    if seen != anew {
        say(&format!("the window and the whole differ:\n{seen}\n{anew}"));
    }
    Ok(seen == anew && seen.as_array().is_some_and(|parts| !parts.is_empty()))
}
