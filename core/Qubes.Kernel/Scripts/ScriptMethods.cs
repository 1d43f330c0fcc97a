using System.Text;
using System.Text.RegularExpressions;
using Qubes.Sdk.Admin;
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
        new AnsweringMethod("admin.script.List", AdminDestination.AdminVm, Presence.Forbidden, Presence.Forbidden, (_, _) => new(ScriptLines.Of(scripts.All))),
        new AnsweringMethod("admin.script.Check", AdminDestination.AdminVm, Presence.Required, Presence.Required, CheckAsync),
        new AnsweringMethod("admin.script.Enable", AdminDestination.AdminVm, Presence.Required, Presence.Forbidden,
            (call, cancel) => DoneAsync(scripts.EnableAsync(NameOf(call), cancel))),
        new AnsweringMethod("admin.script.Disable", AdminDestination.AdminVm, Presence.Required, Presence.Forbidden,
            (call, cancel) => DoneAsync(scripts.DisableAsync(NameOf(call), cancel))),
        new AnsweringMethod("admin.script.Reload", AdminDestination.AdminVm, Presence.Forbidden, Presence.Forbidden,
            (_, cancel) => DoneAsync(scripts.RefreshAsync(cancel))),
    ];

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
