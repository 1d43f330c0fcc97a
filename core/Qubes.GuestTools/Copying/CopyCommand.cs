using Qubes.GuestTools.Commands;

namespace Qubes.GuestTools.Copying;

/// <summary>
/// <c>qvm-copy</c> and its relatives: files and trees go to <c>~/QubesIncoming</c> of another qube, through <c>qubes.Filecopy</c>.
/// </summary>
internal sealed class CopyCommand : ICommand
{
    private const string AllNames = "--allow-all-names";
    private const string Asked = "@default";

    private readonly bool isNamed;
    private readonly bool isMove;

    private CopyCommand(string name, bool isNamed, bool isMove) => (Name, this.isNamed, this.isMove) = (name, isNamed, isMove);

    public string Name { get; }

    public string Usage => $"[{AllNames}] {(isNamed ? "VMNAME " : "")}FILE...";

    public static CopyCommand Copy() => new("qvm-copy", isNamed: false, isMove: false);

    public static CopyCommand CopyToVm() => new("qvm-copy-to-vm", isNamed: true, isMove: false);

    public static CopyCommand Move() => new("qvm-move", isNamed: false, isMove: true);

    public static CopyCommand MoveToVm() => new("qvm-move-to-vm", isNamed: true, isMove: true);

    public Task<int> RunAsync(IReadOnlyList<string> arguments, Surroundings surroundings, CancellationToken cancellation)
    {
        // Upstream's has a graphical progress window, which this turns off; here it has always been off.
        var line = CommandLine.Parse(arguments, [AllNames, "--without-progress"]);
        var files = line.Words.Skip(isNamed ? 1 : 0).ToList();
        if (files.Count == 0)
            throw new UsageException(isNamed ? "a qube and at least one file are needed" : "at least one file is needed");
        // Before anyone is asked whether it may be copied.
        if (files.Find(f => !Path.Exists(f)) is { } missing)
            throw new CommandException($"{SafeText.OneLine(missing)}: no such file");
        var call = new ClientCall(isNamed ? line.Words[0] : Asked, line.Has(AllNames) ? "qubes.Filecopy+allow-all-names" : "qubes.Filecopy")
        {
            Options = ["--filter-escape-chars-stderr"],
            LocalProgram = "qfile-agent",
            Arguments = isMove ? ["--move", "--", .. files] : ["--", .. files],
        };
        return Task.FromResult(call.Make(surroundings));
    }
}
