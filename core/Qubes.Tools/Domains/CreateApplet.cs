using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Preferences;

namespace Qubes.Tools.Domains;

/// <summary>
/// <c>qvm-create</c>. <c>--disp</c> without a name makes a disposable that is removed when it stops, and prints its name.
/// </summary>
internal sealed class CreateApplet() : Applet("qvm-create", "Create a qube.")
{
    private static readonly string[] Classes = ["AppVM", "TemplateVM", "StandaloneVM", "DispVM", "RemoteVM", "AdminVM"];

    private readonly Argument<string?> name = new("VMNAME")
    {
        Description = "The new qube's name",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string?> className = new("--class", "-C")
    {
        Description = "The qube's class (default: AppVM)",
        HelpName = "CLASS",
    };
    private readonly Option<bool> standalone = new("--standalone") { Description = "The same as --class StandaloneVM" };
    private readonly Option<bool> disposable = new("--disp") { Description = "The same as --class DispVM --label red" };
    private readonly Option<string?> template = new("--template", "-t")
    {
        Description = "The template it is based on",
        HelpName = "VMNAME",
    };
    private readonly Option<string?> label = new("--label", "-l")
    {
        Description = "The label (colour), by name or number",
        HelpName = "LABEL",
    };
    private readonly Option<string[]> properties = new("--property", "--prop")
    {
        Description = "Set a property (repeatable)",
        HelpName = "NAME=VALUE",
    };
    private readonly Option<string[]> pools = new("--pool", "-P")
    {
        Description = "The storage pool of all volumes or of one (repeatable)",
        HelpName = "[VOLUME=]POOL",
    };
    private readonly Option<bool> helpClasses = new("--help-classes") { Description = "List the classes" };

    public override void Describe(Command command)
    {
        command.Add(this.name);
        foreach (var option in new Option[]
        {
            className, standalone, disposable, this.template, this.label, this.properties, this.pools, helpClasses,
        })
            command.Add(option);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        if (line.GetValue(helpClasses))
        {
            session.Console.Out.Write(await session.Admin.CallSystemAsync("admin.vmclass.List", cancellation: cancellation));
            return ExitCode.Success;
        }

        var properties = Assignments(line.GetValue(this.properties) ?? []);
        var name = line.GetValue(this.name) ?? Take(properties, "name");
        var template = line.GetValue(this.template) ?? Take(properties, "template");
        var label = line.GetValue(this.label) ?? Take(properties, "label");
        if (name is null)
        {
            if (!line.GetValue(disposable))
                throw new UsageException("the following arguments are required: VMNAME");
            name = await session.Admin.CallAsync("admin.vm.CreateDisposable", template ?? "dom0", cancellation: cancellation);
            session.Console.Out.WriteLine(name);
            // The label of an unnamed disposable comes from its template unless given.
            if (label is not null)
                properties["label"] = label;
        }
        else
        {
            await CreateAsync(line, session, name, template, label, cancellation);
        }

        var holder = new PropertyHolder(session, name);
        foreach (var (property, value) in properties)
            await holder.SetAsync(property, await holder.TranslateAsync(property, value, cancellation), cancellation);
        return ExitCode.Success;
    }

    private async Task CreateAsync(
        ParseResult line, Session session, string name, string? template, string? label, CancellationToken cancellation)
    {
        var kind = ChooseClass(line);
        label ??= kind == "DispVM" && line.GetValue(disposable)
            ? "red"
            : throw new UsageException("option --label is mandatory");
        if (kind is "TemplateVM" or "StandaloneVM" && template is not null)
            throw new UsageException($"--template is not accepted for {kind}: its root volume starts empty");
        var payload = $"name={name} label={await LabelAsync(session, label, cancellation)}";
        var pools = line.GetValue(this.pools) ?? [];
        foreach (var pool in pools)
            payload += pool.Contains('=', StringComparison.Ordinal) ? $" pool:{pool}" : $" pool={pool}";
        var method = pools.Length > 0 ? "admin.vm.CreateInPool." : "admin.vm.Create.";
        await session.Admin.CallSystemAsync(method + kind, template ?? "", payload, cancellation);
    }

    private string ChooseClass(ParseResult line)
    {
        var given = line.GetValue(className);
        var chosen = given
            ?? (line.GetValue(standalone) ? "StandaloneVM" : line.GetValue(disposable) ? "DispVM" : "AppVM");
        return Classes.Contains(chosen)
            ? chosen
            : throw new UsageException($"no such class: '{chosen}'; one of: {string.Join(", ", Classes)}");
    }

    private static async Task<string> LabelAsync(Session session, string label, CancellationToken cancellation)
    {
        var names = (await session.Admin.CallSystemAsync("admin.label.List", cancellation: cancellation))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (names.Contains(label))
            return label;
        if (int.TryParse(label, out _))
        {
            foreach (var name in names)
            {
                if (await session.Admin.CallSystemAsync("admin.label.Index", name, cancellation: cancellation) == label)
                    return name;
            }
        }

        throw new UsageException($"no such label: '{label}'; available labels: {string.Join(", ", names)}");
    }

    private static Dictionary<string, string> Assignments(string[] texts)
    {
        var assignments = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new UsageException($"--property '{text}': NAME=VALUE is accepted");
            assignments[text[..equals]] = text[(equals + 1)..];
        }

        return assignments;
    }

    private static string? Take(Dictionary<string, string> properties, string name) =>
        properties.Remove(name, out var value) ? value : null;
}
