//! What is read about customers, and what the agent does for them.

use ringside_desk::{Customer, CustomerDeed, is_same_number, is_withheld};
use ringside_words::{id, say};
use url::Url;
use voipbin_client::{Class, Items, Rest, RestError};
use voipbin_wire::Case;

use super::{Done, Session};
use crate::problem::in_words;
use crate::refusal::Refusal;
use crate::surroundings::{self, Unread};
use crate::verbs::Answer;

/// What is read of a customer, by what the catalogue calls it where it could not be read whole.
const OLDER_CASES: &str = id!("problems-list-older-cases");
const LABELS: &str = id!("problems-list-labels");
const OLDER_NOTES: &str = id!("problems-list-older-notes");
const LISTS: [&str; 3] = [OLDER_CASES, LABELS, OLDER_NOTES];
/// The list of cases is everybody's and grows for ever: so many pages of it are
/// looked through for those of one customer, 1,000 cases.
const PAGES_OF_CASES: usize = 10;
/// The notes of so many open cases are read.
const CASES_WITH_NOTES: usize = 3;

impl Session {
    /// Reads what happened with a customer, and what is to be done.
    pub(super) fn look_closer(&mut self, number: String, contact: Option<String>, events: usize) {
        self.request(|rest| async move {
            let rest = rest.of_class(Class::Action);
            let result = read(&rest, &number, contact.as_deref(), events).await;
            Done::Customer { number, result: result.map(|(read, unread)| (Box::new(read), unread)) }
        });
    }

    pub(super) fn customer(&mut self, number: &str, result: Result<(Box<Customer>, Unread), RestError>) {
        let read = match result {
            Ok((read, unread)) => {
                self.could_not_read(&LISTS, unread);
                Some(*read)
            }
            Err(error) => {
                tracing::info!(%error, "what happened with a customer was not told");
                None
            }
        };
        self.desk.customer(number, read, (self.ports.clock)());
    }

    /// Does something for a customer, and answers when the service has: until
    /// then what was written is the agent's to keep. The card shows it, too.
    pub(crate) fn serve(&mut self, number: String, deed: CustomerDeed, answer: Answer) {
        if let Err(refusal) = self.may_serve(&number, &deed) {
            return answer.refuse(refusal);
        }
        let contact = self.desk.card(&number).and_then(|card| card.contact.clone());
        let me = self.desk.my_id().to_owned();
        self.request(|rest| async move {
            let result = match deed {
                CustomerDeed::Create { name, company } => {
                    rest.add_contact(&number, name.trim(), company.trim()).await.map(drop)
                }
                CustomerDeed::Note { case, text } => rest.add_note(&case, text.trim()).await,
                CustomerDeed::Close { case } => rest.close_case(&case).await,
                CustomerDeed::Take { case } => rest.assign_case(&case, &me).await,
                CustomerDeed::Assign { case, agent } => rest.assign_case(&case, &agent).await,
                CustomerDeed::Tag { tag, on } => rest.tag_contact(&contact.unwrap_or_default(), &tag, on).await,
            };
            Done::ServedCustomer { number, result, answer }
        });
    }

    fn may_serve(&self, number: &str, deed: &CustomerDeed) -> Result<(), Refusal> {
        if is_withheld(number) {
            return Err(Refusal::Withheld);
        }
        let card = self.desk.card(number).ok_or(Refusal::CustomerGone)?;
        let has_case = |case: &String| card.cases.iter().any(|known| known.id == *case);
        match deed {
            CustomerDeed::Create { name, .. } if name.trim().is_empty() => Err(Refusal::ContactUnnamed),
            CustomerDeed::Create { .. } if card.contact.is_some() => Err(Refusal::ContactKnown),
            CustomerDeed::Note { text, .. } if text.trim().is_empty() => Err(Refusal::NoteEmpty),
            CustomerDeed::Note { case, .. }
            | CustomerDeed::Close { case }
            | CustomerDeed::Take { case }
            | CustomerDeed::Assign { case, .. }
                if !has_case(case) =>
            {
                Err(Refusal::NotTheirCase)
            }
            CustomerDeed::Tag { .. } if card.contact.is_none() => Err(Refusal::NoContact),
            _ => Ok(()),
        }
    }

    pub(super) fn served(&mut self, number: &str, result: Result<(), RestError>, answer: Answer) {
        let refused = result.map_err(|error| say!("customer-not-done", why = in_words(&error)));
        self.desk.customer_changed(number, refused.as_ref().err().cloned());
        match refused {
            Ok(()) => answer.done(()),
            Err(why) => answer.refuse(Refusal::Serving(why)),
        }
    }

    /// The customer's page in another system, as the agent's template has it.
    pub(super) fn customer_page(&self, number: &str) -> Result<String, Refusal> {
        if is_withheld(number) {
            return Err(Refusal::Withheld);
        }
        let template = self.desk.tools_view().crm.clone().ok_or(Refusal::NoPage)?;
        let card = self.desk.card(number);
        let name = card.and_then(|card| card.name.clone()).unwrap_or_default();
        let id = card.and_then(|card| card.external.clone()).unwrap_or_default();
        page(&template, number, &name, &id).ok_or(Refusal::BadPage)
    }
}

async fn read(
    rest: &Rest,
    number: &str,
    contact: Option<&str>,
    events: usize,
) -> Result<(Customer, Unread), RestError> {
    let mut unread = Unread::new();
    let (events, cases, tags) = tokio::join!(
        rest.peer_events(contact, number, events),
        rest.cases(PAGES_OF_CASES, |_| false),
        rest.tags(|_| false)
    );
    let (events, has_more) = match events {
        Err(RestError::Forbidden { .. } | RestError::NotFound) => Default::default(),
        events => events?,
    };
    let cases = may_miss(OLDER_CASES, cases, &mut unread)?;
    let tags = may_miss(LABELS, tags, &mut unread)?;
    let open = cases.iter().filter(|case| is_theirs(case, contact, number) && !is_closed(case));
    let mut notes = Vec::new();
    for case in open.filter_map(|case| case.id.clone()).take(CASES_WITH_NOTES) {
        let of_case = may_miss(OLDER_NOTES, rest.case_notes(&case).await, &mut unread)?;
        notes.extend(of_case.into_iter().map(|note| voipbin_wire::CaseNote { case_id: Some(case.clone()), ..note }));
    }
    Ok((Customer { events, has_more, cases, notes, tags }, unread))
}

/// Whether a case is about this customer.
pub(super) fn is_theirs(case: &Case, contact: Option<&str>, number: &str) -> bool {
    let by_contact = contact.is_some() && case.contact_id.as_deref() == contact;
    let peer = case.peer.as_ref().and_then(|peer| peer.target.as_deref());
    by_contact || peer.is_some_and(|peer| is_same_number(peer, number))
}

pub(super) fn is_closed(case: &Case) -> bool {
    case.status.as_deref() == Some("closed")
}

/// A list of which this account may read nothing, or the service has none. What
/// of it is missing beyond its first page is put down.
fn may_miss<T>(
    what: &'static str,
    read: Result<Items<T>, RestError>,
    unread: &mut Unread,
) -> Result<Vec<T>, RestError> {
    match read {
        Ok(_) | Err(RestError::Forbidden { .. } | RestError::NotFound) => surroundings::all(what, read, unread),
        Err(error) => Err(error),
    }
}

/// What is known goes in as it is, encoded: it may say anything.
fn page(template: &str, number: &str, name: &str, id: &str) -> Option<String> {
    let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let filled = template
        .trim()
        .replace("{number}", &encoded(number))
        .replace("{name}", &encoded(name))
        .replace("{id}", &encoded(id));
    let url = Url::parse(&filled).ok()?;
    let host_of = |text: &str| Url::parse(&text.replace(['{', '}'], "")).ok()?.host_str().map(str::to_owned);
    let is_page =
        matches!(url.scheme(), "http" | "https") && url.host_str().map(str::to_owned) == host_of(template.trim());
    is_page.then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customers_page_is_where_the_agent_said_whatever_the_customer_is_called() {
        let template = "https://crm.example/find?phone={number}&name={name}";
        let found = page(template, "+15551234567", "A&B=/../\" x", "");
        assert_eq!(found.as_deref(), Some("https://crm.example/find?phone=%2B15551234567&name=A%26B%3D%2F..%2F%22+x"));
        assert_eq!(
            page("https://{name}.example/", "", "evil.example#", ""),
            None,
            "who calls does not choose the host"
        );
        assert_eq!(page("javascript:{name}", "", "alert(1)", ""), None);
    }
}
