using System.Text.RegularExpressions;
using Qubes.GuestTools.Commands;

namespace Qubes.GuestTools.Opening;

/// <summary>
/// <c>qvm-open-in-vm TARGET FILE</c> and <c>qvm-open-in-dvm FILE</c>, with a FILE or a URL (spec: conversion services, section 4).
/// </summary>
internal sealed partial class OpenCommand : ICommand
{
    private const string ViewOnly = "--view-only";

    private readonly bool isNamed;

    private OpenCommand(string name, bool isNamed) => (Name, this.isNamed) = (name, isNamed);

    public string Name { get; }

    public string Usage => $"[{ViewOnly}] {(isNamed ? "VMNAME " : "")}FILE|URL";

    public static OpenCommand InQube() => new("qvm-open-in-vm", isNamed: true);

    public static OpenCommand InDisposable() => new("qvm-open-in-dvm", isNamed: false);

    public Task<int> RunAsync(IReadOnlyList<string> arguments, Surroundings surroundings, CancellationToken cancellation)
    {
        var line = CommandLine.Parse(arguments, [ViewOnly]);
        if (line.Words.Count != (isNamed ? 2 : 1))
            throw new UsageException(isNamed ? "a qube and one file or URL are needed" : "one file or URL is needed");
        var call = CallFor(isNamed ? line.Words[0] : "@dispvm", line.Words[^1], line.Has(ViewOnly));
        // As upstream does. A terminal is kept for the one line that says the call was refused.
        surroundings.Silence(0);
        surroundings.Silence(1);
        if (!surroundings.ErrorIsTerminal)
            surroundings.Silence(2);
        return Task.FromResult(call.Make(surroundings));
    }

    private static ClientCall CallFor(string target, string file, bool viewOnly)
    {
        if (File.Exists(file))
        {
            return new ClientCall(target, "qubes.OpenInVM")
            {
                LocalProgram = "qopen-in-vm",
                Arguments = viewOnly ? [ViewOnly, "--", file] : ["--", file],
            };
        }

        return Url().IsMatch(file)
            ? new ClientCall(target, "qubes.OpenURL") { LocalProgram = "qopen-in-vm", Arguments = ["--url", "--", file] }
            : throw new CommandException($"{SafeText.OneLine(file)}: no such file, and no URL such as https://example.org/");
    }

    [GeneratedRegex("^[a-zA-Z][a-zA-Z0-9+.-]*://[^\\s\\p{Cc}]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Url();
}
