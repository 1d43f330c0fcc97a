using System.Text;
using System.Text.RegularExpressions;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Scripting;

namespace Qubes.Kernel.Scripts;

/// <summary>
/// What <c>qubes-script</c> calls, on the host; not in upstream's Admin API. <c>admin.script.List</c>: lines of JSON. <c>admin.script.Check+NAME</c>:
/// compiles the payload, a script's text, and answers with its errors, one a line. <c>admin.script.Enable+NAME</c>, <c>.Disable+NAME</c>: of scripts that
/// ship. <c>admin.script.Reload</c>: looks at the directories now. They answer when it is done.
/// </summary>
internal sealed partial class ScriptMethods(IScripts scripts) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        OfHost("List", Presence.Forbidden, Presence.Forbidden, (_, _) => new(ScriptLines.Of(scripts.All))),
        OfHost("Check", Presence.Required, Presence.Required, CheckAsync),
        OfHost("Enable", Presence.Required, Presence.Forbidden, (call, cancel) => DoneAsync(scripts.EnableAsync(NameOf(call), cancel))),
        OfHost("Disable", Presence.Required, Presence.Forbidden, (call, cancel) => DoneAsync(scripts.DisableAsync(NameOf(call), cancel))),
        OfHost("Reload", Presence.Forbidden, Presence.Forbidden, (_, cancel) => DoneAsync(scripts.RefreshAsync(cancel))),
    ];

    // Scripts run in the daemon, and even to compile one costs it time and memory: no policy opens that to a qube.
    private static AnsweringMethod OfHost(
        string name, Presence argument, Presence payload, Func<AdminCall, CancellationToken, ValueTask<AdminAnswer>> answer) =>
        new("admin.script." + name, AdminDestination.AdminVm, argument, payload, (call, cancel) => call.Source.Class == QubeClass.AdminVM
            ? answer(call, cancel)
            : throw new PermissionDeniedException("Only the host may look after scripts."));

    private async ValueTask<AdminAnswer> CheckAsync(AdminCall call, CancellationToken cancel)
    {
        var errors = await scripts.CheckAsync(NameOf(call), Encoding.UTF8.GetString(call.Payload.Span), cancel);
        return string.Concat(errors.Select(e => e.ReplaceLineEndings(" ") + "\n"));
    }

    private static async ValueTask<AdminAnswer> DoneAsync(Task work)
    {
        await work;
        return AdminAnswer.Empty;
    }

    private static string NameOf(AdminCall call) => Name().IsMatch(call.Argument)
        ? call.Argument
        : throw new InvalidValueException($"A script's name has letters, digits, '-', '_' and '.', and begins with a letter; not '{call.Argument}'");

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9._-]{0,62}$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
