using Qubes.Plugins.AdminApi.Calls;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.AdminApi.Methods.Plugins;

/// <summary>
/// <c>admin.plugin.*</c>, ours: what <c>qubes-plugin</c> calls, at the host, by the host alone: what code runs in the daemon is nothing that
/// a policy should open to a qube. <c>List</c> answers a line of JSON for each plugin, or for the one that the argument names; <c>Enable</c>,
/// <c>Disable</c>, <c>Reload</c> that of the plugin when it is done; <c>Log</c> its last lines.
/// </summary>
internal sealed class PluginMethods(IPluginControl plugins) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        OfHost("List", Presence.Optional, (call, _) => Task.FromResult(List(call.Argument))),
        OfHost("Enable", Presence.Required, async (call, cancel) => PluginLine.Of(await plugins.EnableAsync(call.Argument, cancel))),
        OfHost("Disable", Presence.Required, async (call, cancel) => PluginLine.Of(await plugins.DisableAsync(call.Argument, cancel))),
        OfHost("Reload", Presence.Required, async (call, cancel) => PluginLine.Of(await plugins.ReloadAsync(call.Argument, cancel))),
        OfHost("Log", Presence.Required, (call, _) => Task.FromResult(Method.Lines(plugins.LogOf(call.Argument)))),
    ];

    private string List(string name)
    {
        var all = plugins.Plugins.Where(plugin => name.Length == 0 || plugin.Name == name).ToList();
        return all.Count > 0 || name.Length == 0
            ? string.Concat(all.Select(PluginLine.Of))
            : throw new QubesException($"There is no plugin '{name}'; installed: {string.Join(", ", plugins.Plugins.Select(plugin => plugin.Name).Distinct())}");
    }

    private static AnsweringMethod OfHost(string name, Presence argument, Func<AdminCall, CancellationToken, Task<string>> answer) =>
        new("admin.plugin." + name, AdminDestination.AdminVm, argument, Presence.Forbidden, async (call, cancel) =>
        {
            if (!BuiltInDenials.IsHost(call.Source))
                throw new PermissionDeniedException("Only the host may look after plugins.");
            return await answer(call, cancel);
        });
}
