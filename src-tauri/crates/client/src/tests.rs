//! How the service is reached and whom the client believes, against real
//! servers on this machine. What goes for the requests goes for the socket.

#![expect(clippy::print_stdout, reason = "the tables are for whoever reads what the tests print")]

mod believing;
mod reaching;

use crate::link::{Handshake, OpenFailure};
use crate::rest::{Rest, RestError};
use crate::service::Service;
use crate::socket::dial;
use crate::token::Token;

/// A token that is easy to find where it should not be.
fn token() -> Token {
    Token::parse("easy.to.spot").unwrap()
}

fn rest(service: &Service) -> Rest {
    Rest::new(service.clone()).unwrap().signed_in(token())
}

async fn request(service: &Service) -> Result<(), RestError> {
    rest(service).queue_names().await.map(drop)
}

async fn handshake(service: &Service) -> Result<(), OpenFailure> {
    dial(service.clone(), token(), Handshake::AsLive).await.map(drop)
}
