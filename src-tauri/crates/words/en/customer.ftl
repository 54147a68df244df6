### The customer panel: address book, labels, cases, previous contacts.

customer-choose = The customer you choose appears here.
customer-looking = Looking in the address book…
customer-unknown = Not in the address book.
customer-no-answer = The address book did not answer.
customer-withheld = The number is withheld, so the caller cannot be looked up or saved.
customer-new-name = Name of the new contact
customer-who = Who is it?
customer-notes = Notes

customer-add-label = Add a label
customer-add-label-ask = Add a label…
customer-remove-label = Remove the label { $label }

# $site (String) - the address of another system's website
customer-open-at = Open at { $site }
customer-open-page = Open a page?
customer-open-page-what = This opens { $site } in your browser and tells it this number.

customer-case = Case
customer-case-open = open
customer-case-closed = closed
customer-case-mine = assigned to you
customer-close-case = Close the case
customer-note = Note
customer-add-note = Add a note…
customer-assign = Assign…
customer-assign-case = Assign the case to
customer-assign-to-me = Assign to me

customer-previous = Previous contacts
customer-counts = calls: { $calls } · texts: { $texts }
# When the service has more than it was asked for.
customer-counts-at-least = at least calls: { $calls } · texts: { $texts }
customer-looking-for-contacts = Looking…
customer-no-contacts = None yet.
customer-no-contacts-told = The service did not answer.
customer-latest = { $count ->
    [one] This is the latest contact; there are more.
   *[other] These are the latest { $count } contacts; there are more.
}

## What could not be done

customer-gone = That customer is no longer on the desk.
customer-needs-name = Give the contact a name.
customer-exists = This number is already in the address book.
customer-empty-note = The note is empty.
customer-other-case = That case belongs to another customer.
customer-no-contact = Only contacts in the address book have labels.
customer-no-page = No customer page is set. Set one in Settings.
customer-bad-page = The customer page is not a web address. Change it in Settings.
customer-not-done = That was not done. { $why }

## Previous contacts: who reached out to whom

customer-we-called = Outgoing call
customer-they-called = Incoming call
customer-we-wrote = Outgoing text
customer-they-wrote = Incoming text
