using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Listing;

/// <summary>
/// <c>qvm-ls</c>: a table, or with <c>--raw-data</c> cells between <c>|</c>, or with <c>--raw-list</c> names alone.
/// </summary>
internal sealed class ListApplet() : Applet("qvm-ls", "List qubes and what is known about them.")
{
    private const StringSplitOptions NoEmpty = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    private readonly Argument<string[]> names = new("VMNAME")
    {
        Description = "Only these qubes",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<bool> all = new("--all") { Description = "All qubes (the default)" };
    private readonly Option<string[]> exclude = new("--exclude")
    {
        Description = "Leave out this qube (repeatable)",
        HelpName = "VMNAME",
    };
    private readonly Option<string?> format = new("--format", "-o")
    {
        Description = "Which columns, by name of a set",
        HelpName = "FORMAT",
    };
    private readonly Option<string?> fields = new("--fields", "-O")
    {
        Description = "Which columns, separated by commas",
        HelpName = "FIELD,…",
    };
    private readonly Option<bool> disk = new("--disk", "-d") { Description = "The same as --format disk" };
    private readonly Option<bool> network = new("--network", "-n") { Description = "The same as --format network" };
    private readonly Option<bool> kernel = new("--kernel", "-k") { Description = "The same as --format kernel" };
    private readonly Option<bool> rawData = new("--raw-data") { Description = "No heading, cells separated by |" };
    private readonly Option<bool> rawList = new("--raw-list") { Description = "Names alone, one a line" };
    private readonly Option<string> sort = new("--sort", "-s")
    {
        Description = "Column to sort by",
        HelpName = "COLUMN",
        DefaultValueFactory = _ => "NAME",
    };
    private readonly Option<bool> reverse = new("--reverse", "--reverse-sort", "-r") { Description = "Sort the other way round" };
    private readonly Option<bool> ignoreCase = new("--ignore-case", "-i")
    {
        Description = "Sort capital and small letters alike",
    };
    private readonly Option<bool> tree = new("--tree", "-t") { Description = "As a tree of networks: below each qube its clients" };
    private readonly Option<bool> spinner = new("--spinner") { Description = "Accepted and ignored", Hidden = true };
    private readonly Option<bool> noSpinner = new("--no-spinner") { Description = "Accepted and ignored", Hidden = true };
    private readonly Option<bool> helpColumns = new("--help-columns") { Description = "List the columns" };
    private readonly Option<bool> helpFormats = new("--help-formats") { Description = "List the formats" };
    private readonly ListFilters filters = new();

    public override void Describe(Command command)
    {
        command.Add(this.names);
        foreach (var option in new Option[]
        {
            all, this.exclude, this.format, this.fields, disk, network, kernel, rawData, rawList, tree, spinner, noSpinner,
            sort, reverse, ignoreCase, helpColumns, helpFormats,
        })
            command.Add(option);
        filters.AddTo(command);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        if (line.GetValue(helpColumns) || line.GetValue(helpFormats))
            return Explain(session, line.GetValue(helpColumns));
        var columns = ChooseColumns(line);
        var sortBy = Columns.Find(line.GetValue(sort)!);
        var conditions = filters.Read(line);
        var rows = await LoadAsync(line, session, conditions, [.. columns, sortBy], cancellation);
        Sort(line, rows, sortBy);
        Print(line, session.Console.Out, columns, rows);
        return ExitCode.Success;
    }

    private async Task<List<QubeRow>> LoadAsync(
        ParseResult line, Session session, ListConditions conditions, Column[] columns, CancellationToken cancellation)
    {
        var needs = columns.Aggregate(conditions.Needs, (sum, column) => sum | column.Needs);
        if (line.GetValue(tree))
            needs |= Need.Properties;
        var features = columns.SelectMany(column => column.Features).Concat(conditions.NeededFeatures).ToHashSet();
        var qubes = Choose(line, conditions, await QubeList.FetchAsync(session, cancellation));
        var rows = await new RowLoader(session, needs, features).LoadAsync(qubes, cancellation);
        rows.RemoveAll(row => !conditions.Fits(row));
        return rows;
    }

    private Column[] ChooseColumns(ParseResult line)
    {
        var raw = line.GetValue(rawList);
        var formats = new[]
        {
            line.GetValue(this.format), line.GetValue(disk) ? "disk" : null,
            line.GetValue(network) ? "network" : null, line.GetValue(kernel) ? "kernel" : null,
        }.OfType<string>().ToArray();
        var fields = line.GetValue(this.fields);
        if (formats.Length + (fields is null ? 0 : 1) + (raw ? 1 : 0) > 1)
            throw new UsageException("only one of --format, --fields, --disk, --network, --kernel and --raw-list is accepted");
        if (raw)
            return [Columns.Find("name")];
        if (fields is not null)
            return [.. fields.Split(',', NoEmpty).Select(Columns.Find)];
        var format = formats.FirstOrDefault("simple");
        return Columns.Formats.TryGetValue(format, out var names)
            ? [.. names.Select(Columns.Find)]
            : throw new UsageException($"no such format: '{format}'; one of: {string.Join(", ", Columns.Formats.Keys)}");
    }

    private IEnumerable<QubeEntry> Choose(
        ParseResult line, ListConditions conditions, IReadOnlyList<QubeEntry> qubes)
    {
        var names = line.GetValue(this.names) ?? [];
        var exclude = line.GetValue(this.exclude) ?? [];
        if (names.Length > 0 && (exclude.Length > 0 || line.GetValue(all)))
            throw new UsageException("VMNAME excludes --all and --exclude");
        foreach (var name in names.Concat(exclude).Where(name => qubes.All(qube => qube.Name != name)))
            throw QubeList.NoSuch(name);
        return qubes.Where(qube =>
            (names.Length == 0 || names.Contains(qube.Name)) && !exclude.Contains(qube.Name) && conditions.Fits(qube));
    }

    private void Sort(ParseResult line, List<QubeRow> rows, Column by)
    {
        var comparer = line.GetValue(ignoreCase) ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        rows.Sort((a, b) => (comparer.Compare(by.Cell(a), by.Cell(b)), comparer.Compare(a.Entry.Name, b.Entry.Name)) switch
        {
            (0, var byName) => byName,
            (var byColumn, _) => byColumn,
        });
        if (line.GetValue(reverse))
            rows.Reverse();
    }

    private void Print(ParseResult line, TextWriter output, Column[] columns, List<QubeRow> rows)
    {
        if (line.GetValue(rawData) || line.GetValue(rawList))
        {
            foreach (var row in rows)
                output.WriteLine(string.Join('|', columns.Select(column => column.Cell(row))));
            return;
        }

        var table = new TextTable();
        table.Add([.. columns.Select(column => column.Heading)]);
        foreach (var (depth, row) in line.GetValue(tree) ? NetworkTree.Arrange(rows) : [.. rows.Select(row => (0, row))])
        {
            table.Add([.. columns.Select(
                column => column.Heading == "NAME" ? NetworkTree.Indent(depth) + column.Cell(row) : column.Cell(row))]);
        }

        table.WriteTo(output);
    }

    private static int Explain(Session session, bool columns)
    {
        var table = new TextTable();
        if (columns)
        {
            foreach (var column in Columns.Known)
                table.Add(column.Heading, column.Summary);
        }
        else
        {
            foreach (var (name, fields) in Columns.Formats)
                table.Add(name, string.Join(',', fields));
        }

        table.WriteTo(session.Console.Out);
        return ExitCode.Success;
    }
}
