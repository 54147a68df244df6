//! The desk that is killed: the real shift with the real ledger, and an agent
//! who answers every question with "send it again".

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use ringside_desk::{DeliveryView, DeskView};
use ringside_shift::{Credential, Ports, Shift, clock};
use ringside_stand_ins::{Deaf, KeyFile};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::time::{Duration, interval};

use crate::{ACCEPTED, CUSTOMERS, Problem, READY, SETTLED, say};

/// It is settled when nothing was under way for so many looks in a row.
const QUIET_LOOKS: u32 = 10;

/// Sits at the desk until the process is killed.
pub(crate) async fn work(home: &Path, address: &str) -> Result<(), Problem> {
    let shift = Shift::start(Ports {
        vault: Arc::new(KeyFile(home.join("key"))),
        bell: Box::new(Deaf),
        clock,
        steady: ringside_shift::steady,
        tap: None,
        reader: None,
        ledger: Some(home.join("ledger.db")),
    });
    let credential =
        Credential::Password { email: "dana@northwind.example".to_owned(), password: "ringside-demo".to_owned() };
    // The service may be restarting at this very moment.
    while shift.sign_in(address.to_owned(), credential.clone(), false).await.is_err() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut looks = interval(Duration::from_millis(100));
    let (mut is_ready, mut quiet) = (false, 0);
    let unanswered: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    loop {
        tokio::select! {
            line = lines.next_line() => {
                let Some(line) = line? else { return Ok(()) };
                let Some((number, text)) = line.split_once('\t') else { continue };
                let (shift, chat, text) = (shift.clone(), format!("{number} +15559876543"), text.to_owned());
                lock(&unanswered).insert(text.clone());
                let unanswered = Arc::clone(&unanswered);
                // Texts are handed in one after the other, and the next may be before the first is kept.
                tokio::spawn(async move {
                    if shift.reply(chat, text.clone()).await.is_ok() {
                        say(&format!("{ACCEPTED}{text}"));
                    }
                    lock(&unanswered).remove(&text);
                });
            }
            _ = looks.tick() => {
                let desk = shift.desk().await.map_err(|problem| problem.to_string())?;
                if !is_ready && desk.chats.len() >= CUSTOMERS as usize && desk.link.live {
                    is_ready = true;
                    say(READY);
                }
                answer_questions(&shift, &desk).await;
                let is_quiet = is_ready && lock(&unanswered).is_empty() && under_way(&desk).is_empty();
                quiet = if is_quiet { quiet + 1 } else { 0 };
                if quiet == QUIET_LOOKS {
                    say(SETTLED);
                }
            }
        }
    }
}

async fn answer_questions(shift: &Shift, desk: &DeskView) {
    for (id, delivery) in under_way(desk) {
        if matches!(delivery, DeliveryView::Unclear | DeliveryView::NotSent)
            && let Err(problem) = shift.reply_again(id).await
        {
            say(&problem.to_string());
        }
    }
}

/// Replies that are not settled.
fn under_way(desk: &DeskView) -> BTreeMap<String, DeliveryView> {
    let is_open = |delivery: &DeliveryView| {
        !matches!(delivery, DeliveryView::Sent | DeliveryView::Delivered | DeliveryView::Failed | DeliveryView::Unknown)
    };
    let open = desk.messages.iter().filter_map(|message| Some((message.id.clone(), message.delivery?)));
    open.filter(|(_, delivery)| is_open(delivery)).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
