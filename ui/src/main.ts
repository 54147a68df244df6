import "@fontsource-variable/inter/wght.css";
import "./styles/tokens.css";
import { mount } from "svelte";
import { refuseDrops } from "./drops";
import App from "./App.svelte";
import { host } from "./which-host";

refuseDrops(window);
mount(App, { target: document.getElementById("app")!, props: { host: await host() } });
