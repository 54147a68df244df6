import type { SessionView } from "./bindings/SessionView";

/** Before the desk says anything. */
export const starting: SessionView = {
  screen: "starting",
  service: "",
  email: "",
  demo: false,
  problem: null,
  endsAt: null,
  askAgain: null,
  askKeyring: false,
  noToasts: null,
};
