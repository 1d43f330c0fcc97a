using Qubes.Tools.Applets;

namespace Qubes.Tools.Scripting;

/// <summary><c>qubes-script COMMAND</c>.</summary>
internal sealed class ScriptApplet() : ActionApplet(
    "qubes-script", "Look after the daemon's scripts.",
    new ListScripts(), new CheckScript(),
    new ChangeScripts("enable", "admin.script.Enable", "Have scripts that ship be active, now and after restarts."),
    new ChangeScripts("disable", "admin.script.Disable", "Take that back."),
    new ReloadScripts())
{
    public override string Details => """
        Scripts are C# files (.csx) that offer policies of preloading, handle events, refuse what is about to happen, add to warm-ups, or choose where
        disposables come from. Those in /etc/qubes/scripts are active while they are there, and followed as they change. Those in
        /usr/share/qubes/scripts ship, and are active where they are enabled: by a link of their name in /etc/qubes/scripts.

        The states of a script are: active; malfunctioned, and a line below says why; starting; available, it ships and is not enabled; superseded, it
        ships and /etc/qubes/scripts has another one of its name. An active one with a line below runs, but an earlier version than its file, or its
        last call failed.
        """;
}
