using System.CommandLine;
using System.Globalization;
using Qubes.Tools.Admin;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Templates;

/// <summary>
/// <c>qvm-template-build RECIPE</c>: has the daemon build a template and, unless told not to, a disposable template on it. The
/// method
/// <c>admin.template.Build</c> streams <c>template-build-progress</c> (<c>step</c>, <c>percent</c>, <c>detail</c>) and ends with
/// <c>template-build-done</c> (<c>template</c>, <c>dvm</c>).
/// </summary>
internal sealed class TemplateBuildApplet() : Applet("qvm-template-build", "Build a template from a recipe.")
{
    private const string Method = "admin.template.Build";

    private readonly Argument<string> recipe = new("RECIPE") { Description = "The recipe's name" };
    private readonly Option<string?> name = new("--name")
    {
        Description = "The template's name (default: the recipe's)",
        HelpName = "VMNAME",
    };
    private readonly Option<bool> noDvm = new("--no-dvm") { Description = "Make no disposable template on it" };
    private readonly Option<bool> force = new("--force") { Description = "Build it again if it exists" };

    public override void Describe(Command command)
    {
        command.Add(this.recipe);
        command.Add(this.name);
        command.Add(noDvm);
        command.Add(force);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var recipe = line.GetRequiredValue(this.recipe);
        var payload = (line.GetValue(this.name) is { } name ? $"name={name}\n" : "")
            + (line.GetValue(noDvm) ? "dvm=no\n" : "")
            + (line.GetValue(force) ? "force=yes\n" : "");
        var done = await BuildAsync(session, recipe, payload, cancellation)
            ?? throw new MalformedAnswerException($"{Method} ended without saying that the template is done");
        session.Console.Out.WriteLine($"template: {done["template"]}");
        if (done["dvm"] is { Length: > 0 } dvm)
            session.Console.Out.WriteLine($"disposable template: {dvm}");
        return ExitCode.Success;
    }

    private static async Task<AdminEvent?> BuildAsync(
        Session session, string recipe, string payload, CancellationToken cancellation)
    {
        await using var progress = await session.OpenProgressAsync();
        var row = progress.Add(recipe);
        try
        {
            await foreach (var step in session.Admin.StreamAsync(Method, "dom0", recipe, payload, cancellation))
            {
                if (step.Name == "template-build-progress")
                {
                    row.Report(Percent(step["percent"]), step["step"] ?? "", step["detail"] ?? "");
                }
                else if (step.Name == "template-build-done")
                {
                    row.Finish(step["template"] ?? recipe);
                    return step;
                }
            }

            return null;
        }
        catch (Exception e) when (e is AdminException or ToolException)
        {
            row.Fail("see below");
            throw;
        }
    }

    private static double Percent(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var percent) && double.IsFinite(percent)
            ? percent
            : 0;
}
