// What the window shows: views on a rail, and the desk's own panels in the
// order of reading (what rings, what is worked on, who it is about). A new
// panel is a folder beside this file and a row here.
import type { Component } from "svelte";
import { t } from "../catalogue";
import Conferences from "./conferences/Conferences.svelte";
import Conversation from "./conversation/Conversation.svelte";
import Customer from "./customer/Customer.svelte";
import Floor from "./floor/Floor.svelte";
import Flows from "./flows/Flows.svelte";
import History from "./history/History.svelte";
import Journal from "./journal/Journal.svelte";
import Live from "./live/Live.svelte";
import Queues from "./queues/Queues.svelte";
import Recordings from "./recordings/Recordings.svelte";
import Rules from "./rules/Rules.svelte";
import Talk from "./talk/Talk.svelte";
import Settings from "./settings/Settings.svelte";

export interface Panel {
  id: string;
  title: () => string;
  place: "left" | "middle" | "right";
  component: Component;
}

export const panels: Panel[] = [
  { id: "floor", title: () => t("desk-panel-floor"), place: "left", component: Floor },
  { id: "conversation", title: () => t("desk-panel-conversation"), place: "middle", component: Conversation },
  { id: "customer", title: () => t("desk-panel-customer"), place: "right", component: Customer },
];

export interface View {
  id: string;
  title: () => string;
  /** A path in a 24 by 24 square. */
  icon: string;
  /** None for the desk itself, which is made of panels. */
  component?: Component;
}

export const views: View[] = [
  { id: "desk", title: () => t("desk-view-desk"), icon: "M3 11 12 3l9 8v10h-6v-6H9v6H3z" },
  { id: "queues", title: () => t("desk-view-queues"), icon: "M3 6h18M3 12h12M3 18h8", component: Queues },
  { id: "live", title: () => t("desk-view-live"), icon: "M4 20V11M12 20V4M20 20v-6", component: Live },
  {
    id: "flows",
    title: () => t("desk-view-flows"),
    icon: "M4 6h5v4H4zM15 4h5v4h-5zM15 16h5v4h-5zM9 8h3m0 0V6h3m-3 2v10h3",
    component: Flows,
  },
  {
    id: "conferences",
    title: () => t("desk-view-conferences"),
    icon: "M12 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM5 20c0-4 3-6 7-6s7 2 7 6",
    component: Conferences,
  },
  {
    id: "recordings",
    title: () => t("desk-view-recordings"),
    icon: "M12 4a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V7a3 3 0 0 1 3-3zM6 12a6 6 0 0 0 12 0M12 18v3",
    component: Recordings,
  },
  {
    id: "history",
    title: () => t("desk-view-history"),
    icon: "M12 7v5l3 2M4 12a8 8 0 1 0 3-6L4 8m0-4v4h4",
    component: History,
  },
  { id: "journal", title: () => t("desk-view-journal"), icon: "M5 4h14v16H5zM8 8h8M8 12h8M8 16h5", component: Journal },
  { id: "talk", title: () => t("desk-view-talk"), icon: "M4 5h16v11H9l-5 4z", component: Talk },
  {
    id: "rules",
    title: () => t("desk-view-rules"),
    icon: "M20 12a8 8 0 1 1-3-6m3-2v4h-4M9 12l2 2 4-4",
    component: Rules,
  },
  {
    id: "settings",
    title: () => t("desk-view-settings"),
    icon: "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 3v3M12 18v3M3 12h3M18 12h3M6 6l2 2M16 16l2 2M6 18l2-2M16 8l2-2",
    component: Settings,
  },
];
