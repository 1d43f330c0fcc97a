using Qubes.Tools.Applets;

namespace Qubes.Tools.Plugins;

/// <summary><c>qubes-plugin COMMAND</c>.</summary>
internal sealed class PluginApplet() : ActionApplet(
    "qubes-plugin", "Look after the daemon's plugins.",
    new ListPlugins(), new ShowPlugin(), ChangePlugins.Enable, ChangePlugins.Disable, ChangePlugins.Reload, new VerifyPlugin(), new ShowPluginLog())
{
    public override string Details => """
        A plugin is a folder in /usr/lib/qubes/plugins or, of a third party, in /usr/local/lib/qubes/plugins. The daemon watches both: a
        plugin that is installed, upgraded or removed is loaded, replaced or ended without a restart. If a newer version does not start, the
        one before goes on.

        The states are: active; available, installed and not enabled; disabled, by a preset; unsupported, made for another SDK or what it
        requires is not active; malfunctioned, broken or failing; superseded, another folder has a plugin of this name. What stands against a
        plugin is told below the table.

        What enable and disable say is kept in /etc/qubes/plugin-preset.d/00-qubes-plugin.preset.
        """;
}
