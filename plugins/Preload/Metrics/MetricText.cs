using System.Globalization;
using System.Text;

namespace Qubes.Plugins.Preload.Metrics;

// text    = *family
// family  = "# HELP " name " " help LF "# TYPE " name " " type LF *sample
// sample  = name [ "{" label *( "," label ) "}" ] " " number LF
// label   = key "=" DQUOTE value DQUOTE        ; in value: \ as \\, DQUOTE as \DQUOTE, LF as \n
/// <summary>Writes Prometheus' text format, version 0.0.4.</summary>
internal sealed class MetricText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder text = new();

    /// <summary>Begins a family.</summary>
    /// <param name="name">Of all samples that follow, but for a histogram's endings.</param>
    /// <param name="type"><c>gauge</c>, <c>counter</c> or <c>histogram</c>.</param>
    /// <param name="help">One line without backslashes.</param>
    public void Family(string name, string type, string help) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    public void Sample(string name, double value, params ReadOnlySpan<(string Key, string Value)> labels)
    {
        text.Append(name);
        for (var i = 0; i < labels.Length; i++)
            text.Append(i == 0 ? '{' : ',').Append(labels[i].Key).Append("=\"").Append(Escaped(labels[i].Value)).Append('"');
        text.Append(labels.Length > 0 ? "} " : " ").Append(Number(value)).Append('\n');
    }

    /// <summary>A value as the format has it.</summary>
    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    public override string ToString() => text.ToString();

    private static string Escaped(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
