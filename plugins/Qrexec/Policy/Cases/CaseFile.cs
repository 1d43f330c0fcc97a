using System.Text.Json;
using Qubes.Policy.Knowledge;

namespace Qubes.Policy.Cases;

/// <summary>A file of conformance cases (spec: policy, section 11).</summary>
public sealed class CaseFile : IDisposable
{
    private const string Format = "qrexec-policy-cases/1";

    private readonly JsonDocument document;

    private CaseFile(JsonDocument document, IReadOnlyList<ConformanceCase> cases)
    {
        this.document = document;
        Cases = cases;
    }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<ConformanceCase> Cases { get; }

    /// <exception cref="SystemInfoException">It is no such file; what a single case lacks shows when it is run.</exception>
    public static CaseFile Parse(ReadOnlyMemory<byte> json)
    {
        JsonDocument document = JsonReading.Parse(json, "the file");
        try
        {
            JsonElement root = document.RootElement;
            if (JsonReading.Member(root, "format", "the file") is not { } format || JsonReading.Text(format, "format") != Format)
                throw new SystemInfoException($"the file's format is not {Format}");
            JsonElement systems = JsonReading.Member(root, "systems", "the file") ?? throw new SystemInfoException("there are no systems");
            JsonElement defaults = JsonReading.Member(root, "domain_defaults", "the file") ?? default;
            return JsonReading.Member(root, "cases", "the file") is { ValueKind: JsonValueKind.Array } cases
                ? new(document, [.. cases.EnumerateArray().Select(value => new ConformanceCase(value, systems, defaults))])
                : throw new SystemInfoException("there is no list of cases");
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => document.Dispose();
}
