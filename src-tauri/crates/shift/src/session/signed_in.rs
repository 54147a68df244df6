//! From signing in to signing out: the link is opened, the sign-in renewed, the
//! agent's rights are watched.

use ringside_desk::{MeView, Millis, Rights, Screen, SessionView};
use ringside_words::{Message, say};
use voipbin_client::{Connection, Feed, Service, Token, Wanted};
use voipbin_wire::AgentFact;

use super::signing_in::Stay;
use super::work::{SignedIn, Work, reach};
use super::{Done, Session};
use crate::account::{Account, Credential, Place, identify, sees_all};
use crate::problem::Problem;
use crate::reader::Reader;
use crate::refusal::Refusal;
use crate::verbs::Answer;

/// The agent is warned this long before the sign-in ends.
const WARN_BEFORE_END: Millis = 24 * 3_600_000;
impl Session {
    pub(super) fn begin(&mut self, account: Account, token: Token, stay: Stay) {
        let permission = token.claims().map_or(account.permission, |claims| claims.permission);
        let account = Account { permission, ..account };
        let (service, rest) = match reach(&account, &token) {
            Ok(reached) => reached,
            Err(problem) => {
                let problem = Some(problem.message);
                return self.desk.session(SessionView { problem, ..SessionView::on(Screen::SignedOut) });
            }
        };
        self.new_desk(SessionView {
            service: service.name(),
            email: account.email.clone(),
            demo: stay == Stay::Demo,
            ..SessionView::on(Screen::Desk)
        });
        let now = (self.ports.clock)();
        self.desk.me(me(&account, now));
        self.desk.rights(rights(&account));
        let link = self.link_for(service, &account, &token);
        let signed_in = SignedIn { account, token, stay, rest };
        self.work = Some(Work::begin(signed_in, link, now, self.dice.f64()));
        self.restore();
        self.read_tools();
    }

    /// The same agent signs in again at the desk as it stands.
    pub(crate) fn renew(&mut self, credential: Credential, answer: Answer) {
        let Some(work) = &self.work else { return answer.refuse(Refusal::NobodySignedIn) };
        let Account { service, extra_ca, only, .. } = work.account.clone();
        let place = Place { service, extra_ca, only };
        self.jobs.spawn(async move { Done::Renewed { result: identify(place, credential).await, answer } });
    }

    pub(super) async fn renewed(&mut self, result: Result<(Account, Token), Problem>) -> Result<(), Problem> {
        let (account, token) = result?;
        let Some(work) = &mut self.work else { return Ok(()) };
        if (account.agent_id, account.customer_id) != (work.account.agent_id, work.account.customer_id) {
            return Err(Refusal::AnotherAgent.into());
        }
        let has_new_role = account.is_manager() != work.account.is_manager();
        work.account.permission = account.permission;
        work.token = token.clone();
        work.rest = work.rest.clone().signed_in(token.clone());
        if has_new_role {
            self.connect_anew().await;
        } else {
            work.connection.renew(token).await;
        }
        let session = self.desk.session_view().clone();
        self.desk.session(SessionView { ask_again: None, ends_at: None, ..session });
        self.keep();
        Ok(())
    }

    /// The rights are other ones, so other things are heard and looked at.
    async fn connect_anew(&mut self) {
        let Some(work) = &self.work else { return };
        let Ok(service) = work.account.service() else { return };
        let link = self.link_for(service, &work.account, &work.token);
        let rights = rights(&work.account);
        let chance = self.dice.f64();
        let Some(work) = &mut self.work else { return };
        let left = work.connect_anew(link, chance);
        self.abandon_reading();
        self.desk.rights(rights);
        left.leave().await;
    }

    fn link_for(&self, service: Service, account: &Account, token: &Token) -> (Connection, Feed) {
        let wanted = Wanted::of(account.customer_id, account.agent_id, account.is_manager());
        let reader = Reader::handle(self.ports.reader.as_ref());
        voipbin_client::open(service, token.clone(), wanted, account.speaks(), &reader)
    }

    /// The agent's rights as they are now, beside those of the token.
    pub(super) fn compare_rights(&mut self, me: &AgentFact) {
        let Some(work) = &self.work else { return };
        let is_me = me.id.as_deref().and_then(|id| id.parse().ok()) == work.account.agent_id;
        let Some(now) = me.permission.filter(|_| is_me && work.account.agent_id.is_some()) else { return };
        let differ = sees_all(now) != work.account.is_manager();
        let session = self.desk.session_view().clone();
        if differ && session.ask_again.is_none() {
            self.ask_again(say!("sign-in-new-role"));
        } else if !differ && session.ask_again == Some(say!("sign-in-new-role")) {
            self.desk.session(SessionView { ask_again: None, ..session });
        }
    }

    /// The token is no longer good for requests; an open socket outlives it.
    pub(super) async fn refused_by_rest(&mut self) {
        if self.work.as_ref().is_some_and(|work| work.was_live) {
            self.ask_again(say!("sign-in-expired-live"));
        } else {
            self.sign_in_refused().await;
        }
    }

    pub(super) fn ask_again(&mut self, why: Message) {
        let session = self.desk.session_view().clone();
        self.desk.session(SessionView { ask_again: Some(why), ..session });
        self.see_what_is_in_the_way();
    }

    pub(super) fn warn_before_the_end(&mut self, now: Millis) {
        let Some(work) = &self.work else { return };
        let ends = work.token.claims().and_then(|claims| claims.expires).map(|at| at.as_millis());
        let ends_at = ends.filter(|ends| *ends - now <= WARN_BEFORE_END);
        let session = self.desk.session_view().clone();
        if session.ends_at != ends_at {
            self.desk.session(SessionView { ends_at, ..session });
        }
    }

    pub(super) async fn sign_in_refused(&mut self) {
        let problem = say!("sign-in-expired");
        self.sign_out(Some(problem)).await;
    }

    /// Clears the desk and leaves the link. What the vault holds stays.
    pub(super) async fn sign_out(&mut self, problem: Option<Message>) {
        self.finish_replies().await;
        self.leave_claim().await;
        self.finish_writing().await;
        self.jobs.abort_all();
        self.jobs.detach_all();
        self.keeping.writes_under_way = 0;
        (self.signing_in.task, self.signing_in.asked_keyring) = (None, None);
        self.keeping.waiting_deeds.clear();
        self.keeping.unkept.clear();
        self.silence();
        let SessionView { email, demo, .. } = self.desk.session_view().clone();
        let service = self.work.as_ref().map(|work| work.account.service.clone()).unwrap_or_default();
        let (service, email) = if demo { Default::default() } else { (service, email) };
        self.new_desk(SessionView { service, email, problem, ..SessionView::on(Screen::SignedOut) });
        self.flush();
        self.leave().await;
    }
}

fn me(account: &Account, now: Millis) -> MeView {
    let is_agent = account.agent_id.is_some();
    MeView {
        id: account.agent_id.map(|id| id.to_string()).unwrap_or_default(),
        name: account.name.clone(),
        email: account.email.clone(),
        since: now,
        fixed_because: (!is_agent).then(|| say!("status-access-key")),
        ..MeView::default()
    }
}

fn rights(account: &Account) -> Rights {
    Rights { is_manager: account.is_manager(), is_agent: account.agent_id.is_some() }
}
