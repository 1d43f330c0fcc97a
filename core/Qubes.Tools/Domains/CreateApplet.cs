using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Cloning;
using Qubes.Tools.Hosting;
using Qubes.Tools.Preferences;

namespace Qubes.Tools.Domains;

/// <summary>
/// <c>qvm-create</c>. <c>--disp</c> without a name makes a disposable that is removed when it stops, and prints its name.
/// </summary>
internal sealed class CreateApplet() : Applet("qvm-create", "Create a qube.")
{
    private readonly Argument<string?> name = new("NEWVM")
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
        Description = "The template it is based on; a StandaloneVM becomes a copy of it, with a private volume of its own",
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
    private readonly PoolChoice pools = new();
    private readonly RootSource root = new();
    private readonly Option<bool> helpClasses = new("--help-classes") { Description = "List the classes" };

    public override void Describe(Command command)
    {
        command.Add(name);
        foreach (var option in new Option[] { className, standalone, disposable, template, label, properties })
            command.Add(option);
        pools.AddTo(command);
        root.AddTo(command);
        command.Add(helpClasses);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        if (line.GetValue(helpClasses))
        {
            session.Console.Out.Write(await session.Admin.CallSystemAsync("admin.vmclass.List", cancellation: cancellation));
            return ExitCode.Success;
        }

        var wanted = Assignments(line.GetValue(properties) ?? []);
        var newName = line.GetValue(name) ?? Take(wanted, "name");
        var basis = line.GetValue(template) ?? Take(wanted, "template");
        var colour = line.GetValue(label) ?? Take(wanted, "label");
        var data = root.Open(line);
        await using (data)
        {
            if (newName is null)
            {
                newName = await CreateUnnamedAsync(line, session, basis, data, cancellation);
                // The label of an unnamed disposable comes from its template unless given.
                if (colour is not null)
                    wanted["label"] = colour;
            }
            else
            {
                await CreateAsync(line, session, newName, basis, colour, data is not null, cancellation);
            }

            if (data is not null)
                await root.ImportAsync(line, session, newName, data, cancellation);
        }

        var holder = new PropertyHolder(session, newName);
        foreach (var (property, value) in wanted)
            await holder.SetAsync(property, await holder.TranslateAsync(property, value, cancellation), cancellation);
        return ExitCode.Success;
    }

    private async Task<string> CreateUnnamedAsync(
        ParseResult line, Session session, string? basis, FileStream? data, CancellationToken cancellation)
    {
        if (!line.GetValue(disposable))
            throw new UsageException("the following arguments are required: NEWVM");
        if (data is not null)
            throw RootSource.NotAccepted("disposable");
        var made = await session.Admin.CallAsync("admin.vm.CreateDisposable", basis ?? "dom0", cancellation: cancellation);
        session.Console.Out.WriteLine(made);
        return made;
    }

    private async Task CreateAsync(
        ParseResult line, Session session, string newName, string? basis, string? colour, bool withData,
        CancellationToken cancellation)
    {
        var kind = ChooseClass(line);
        colour ??= kind == "DispVM" && line.GetValue(disposable)
            ? "red"
            : throw new UsageException("option --label is mandatory");
        if (kind == "TemplateVM" && basis is not null)
            throw new UsageException("--template is not accepted for TemplateVM: its root volume starts empty; qvm-clone makes a copy");
        if (withData && kind is not ("TemplateVM" or "StandaloneVM"))
            throw RootSource.NotAccepted(kind);
        if (withData && basis is not null)
            throw new UsageException("--template and data for the root volume exclude each other");
        var named = await Label.FindAsync(session, colour, cancellation);
        var (all, byVolume) = (pools.ForAll(line), pools.ByVolume(line));
        if (kind == "StandaloneVM" && basis is not null)
        {
            await new QubeCloner(session, new ClonePlan(basis, newName)
            {
                Class = kind,
                Label = named,
                Pool = all,
                Pools = byVolume,
                OmittedVolumes = ["private"],
                CopyDevices = false,
            }).RunAsync(cancellation);
            return;
        }

        var payload = $"name={newName} label={named}" + (all is not null ? $" pool={all}" : "")
            + string.Concat(byVolume.Select(pool => $" pool:{pool.Key}={pool.Value}"));
        var method = all is not null || byVolume.Count > 0 ? "admin.vm.CreateInPool." : "admin.vm.Create.";
        await session.Admin.CallSystemAsync(method + kind, basis ?? "", payload, cancellation);
    }

    private string ChooseClass(ParseResult line) => QubeClass.Parse(line.GetValue(className)
        ?? (line.GetValue(standalone) ? "StandaloneVM" : line.GetValue(disposable) ? "DispVM" : "AppVM"));

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
