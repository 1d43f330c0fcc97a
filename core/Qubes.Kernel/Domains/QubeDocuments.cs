using System.Text;
using Qubes.Kernel.Store;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Domains;

/// <summary>A qube's longer texts, as they are kept: its notes, and its firewall rules a line each.</summary>
internal static class QubeDocuments
{
    private const int MaxNotes = 256_000;
    private const string Firewall = "firewall";
    private const string Ending = "ending";

    public const string Notes = "notes";

    public static bool IsKnown(string kind) => kind is Notes or Firewall;

    /// <exception cref="ProtocolException">Too long, or characters that a terminal would obey.</exception>
    public static void RequireNotes(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > MaxNotes)
            throw new ProtocolException($"Notes take at most {MaxNotes} bytes");
        if (text.Any(c => char.IsControl(c) && c is not ('\n' or '\t')))
            throw new ProtocolException("Notes take text, tabs and line feeds, and no other control characters");
    }

    public static void KeepNotes(IStateWriter state, Qube qube)
    {
        if (qube.Notes.Length > 0)
            state.PutDocument(qube.Qid, Notes, qube.Notes);
        else
            state.DeleteDocument(qube.Qid, Notes);
    }

    public static void KeepFirewall(IStateWriter state, Qube qube) =>
        state.PutDocument(qube.Qid, Firewall, string.Join('\n', qube.Firewall));

    public static void KeepEnding(IStateWriter state, Qube qube) => state.PutDocument(qube.Qid, Ending, "");

    public static void Restore(Qube qube, IEnumerable<KeyValuePair<string, string>> documents)
    {
        var stored = documents.ToDictionary();
        qube.Restore(
            stored.GetValueOrDefault(Notes, ""),
            stored.TryGetValue(Firewall, out var rules)
                ? [.. rules.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(FirewallRule.Parse)]
                : [FirewallRule.AcceptAll]);
        if (stored.ContainsKey(Ending))
            qube.Lifecycle.RestoreEnding();
    }
}
