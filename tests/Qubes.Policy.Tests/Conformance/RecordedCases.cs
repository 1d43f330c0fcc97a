using System.Reflection;

namespace Qubes.Policy.Tests.Conformance;

/// <summary>The conformance cases, each checked against the reference implementation.</summary>
internal static class RecordedCases
{
    public static byte[] Bytes { get; } = Read();

    private static byte[] Read()
    {
        using Stream file = Assembly.GetExecutingAssembly().GetManifestResourceStream("qrexec-policy-cases.json")!;
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
