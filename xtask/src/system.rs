//! What the machine must have: system packages and Node, through the
//! platform's own package manager.

use std::path::Path;
use std::process::Command;

use crate::shell::{Done, heading, output, run, say};

/// What the packages are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To build and run the app.
    Build,
    /// To run it without a screen as well.
    Headless,
}

/// The oldest Node on which the user interface builds.
const NODE: (u32, u32) = (20, 19);

const DEBIAN_BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "libwebkit2gtk-4.1-dev",
    "libsoup-3.0-dev",
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    "libxdo-dev",
];
const DEBIAN_HEADLESS: &[&str] = &[
    "xvfb",
    "openbox",
    "dbus-daemon",
    "dbus-bin",
    "gnome-keyring",
    "libsecret-tools",
    "dunst",
    "webkit2gtk-driver",
    "xdotool",
    "wmctrl",
    "imagemagick",
    "x11-utils",
    "procps",
    "iproute2",
    "tinyproxy",
];
const FEDORA_BUILD: &[&str] = &[
    "gcc",
    "gcc-c++",
    "make",
    "perl-core",
    "pkgconf",
    "webkit2gtk4.1-devel",
    "libsoup3-devel",
    "librsvg2-devel",
    "libxdo-devel",
];
const FEDORA_HEADLESS: &[&str] = &[
    "xorg-x11-server-Xvfb",
    "openbox",
    "dbus-daemon",
    "dbus-tools",
    "gnome-keyring",
    "libsecret",
    "dunst",
    "webkit2gtk4.1-driver",
    "xdotool",
    "wmctrl",
    "ImageMagick",
    "xprop",
    "iproute",
    "tinyproxy",
];
const ARCH_BUILD: &[&str] = &["base-devel", "perl", "webkit2gtk-4.1", "libsoup3", "librsvg", "xdotool"];
const ARCH_HEADLESS: &[&str] = &[
    "xorg-server-xvfb",
    "openbox",
    "dbus",
    "gnome-keyring",
    "libsecret",
    "dunst",
    "xdotool",
    "wmctrl",
    "imagemagick",
    "xorg-xprop",
    "iproute2",
    "tinyproxy",
];

/// A package manager, and how it is asked.
struct Packages {
    program: &'static str,
    refresh: Option<&'static [&'static str]>,
    install: &'static [&'static str],
    has: fn(&str) -> bool,
    build: &'static [&'static str],
    headless: &'static [&'static str],
    node: &'static [&'static str],
    as_root: bool,
}

const MANAGERS: &[Packages] = &[
    Packages {
        program: "apt-get",
        refresh: Some(&["update"]),
        install: &["install", "--yes", "--no-install-recommends"],
        has: |name| {
            answers("dpkg-query", &["--show", "--showformat=${db:Status-Status}", name]) == Some("installed".to_owned())
        },
        build: DEBIAN_BUILD,
        headless: DEBIAN_HEADLESS,
        node: &["nodejs", "npm"],
        as_root: true,
    },
    Packages {
        program: "dnf",
        refresh: None,
        install: &["install", "--assumeyes"],
        has: |name| answers("rpm", &["--query", name]).is_some(),
        build: FEDORA_BUILD,
        headless: FEDORA_HEADLESS,
        node: &["nodejs", "npm"],
        as_root: true,
    },
    Packages {
        program: "pacman",
        refresh: None,
        install: &["--sync", "--refresh", "--needed", "--noconfirm"],
        has: |name| answers("pacman", &["--query", name]).is_some(),
        build: ARCH_BUILD,
        headless: ARCH_HEADLESS,
        node: &["nodejs", "npm"],
        as_root: true,
    },
    Packages {
        program: "brew",
        refresh: None,
        install: &["install"],
        has: |name| answers("brew", &["list", "--versions", name]).is_some(),
        build: &[],
        headless: &[],
        node: &["node"],
        as_root: false,
    },
    Packages {
        program: "winget",
        refresh: None,
        install: &["install", "--accept-source-agreements", "--accept-package-agreements", "--exact", "--id"],
        has: |name| answers("winget", &["list", "--exact", "--id", name]).is_some(),
        build: &[],
        headless: &[],
        node: &["OpenJS.NodeJS.LTS"],
        as_root: false,
    },
];

/// Whether a window would be seen.
pub(crate) fn has_screen() -> bool {
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Sees to it that the machine has what the purpose needs.
pub(crate) fn ensure(purpose: Purpose) -> Done {
    let manager = MANAGERS.iter().find(|manager| answers(manager.program, &["--version"]).is_some());
    let Some(manager) = manager else {
        say("No package manager known here: the system packages are taken to be there.");
        return node_is_new_enough();
    };
    let mut wanted = manager.build.to_vec();
    if purpose == Purpose::Headless {
        wanted.extend(manager.headless);
    }
    wanted.retain(|name| !(manager.has)(name));
    if node_is_new_enough().is_err() && offers_node(manager) {
        wanted.extend(manager.node);
    }
    if !wanted.is_empty() {
        heading(&format!("Installing {}", wanted.join(" ")));
        if let Some(refresh) = manager.refresh {
            run(privileged(manager).args(refresh))?;
        }
        run(privileged(manager).args(manager.install).args(wanted))?;
    }
    node_is_new_enough()
}

/// Installs a package file that was built here.
pub(crate) fn install_file(file: &Path) -> Done {
    let manager = MANAGERS.iter().find(|manager| manager.program == "apt-get");
    let Some(manager) = manager.filter(|manager| answers(manager.program, &["--version"]).is_some()) else {
        return Err("only Debian packages are built and installed on Linux so far".to_owned());
    };
    run(privileged(manager).args(manager.install).arg("--reinstall").arg(file))
}

fn node_is_new_enough() -> Done {
    let version = answers(node(), &["--version"]).unwrap_or_else(|| "no version at all".to_owned());
    let found = numbers(&version);
    if found >= NODE && answers(npm(), &["--version"]).is_some() {
        return Ok(());
    }
    Err(format!(
        "Node {}.{} or newer is needed, with npm; this machine has {version}. Install it from nodejs.org.",
        NODE.0, NODE.1
    ))
}

/// Whether the package manager's own Node would do; Debian 12's does not.
fn offers_node(manager: &Packages) -> bool {
    if manager.program != "apt-get" {
        return true;
    }
    let policy = answers("apt-cache", &["policy", "nodejs"]).unwrap_or_default();
    let candidate = policy.lines().find_map(|line| line.trim().strip_prefix("Candidate:")).unwrap_or_default();
    numbers(candidate) >= NODE
}

fn numbers(version: &str) -> (u32, u32) {
    let mut numbers =
        version.trim().trim_start_matches('v').split(['.', '~', '+', '-']).filter_map(|number| number.parse().ok());
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

pub(crate) fn node() -> &'static str {
    if cfg!(windows) { "node.exe" } else { "node" }
}

pub(crate) fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

fn privileged(manager: &Packages) -> Command {
    let mut command = if manager.as_root && answers("id", &["-u"]).as_deref() != Some("0") {
        let mut command = Command::new("sudo");
        command.arg(manager.program);
        command
    } else {
        Command::new(manager.program)
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn answers(program: &str, arguments: &[&str]) -> Option<String> {
    output(Command::new(program).args(arguments))
}
