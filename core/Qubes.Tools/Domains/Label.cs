using Qubes.Tools.Admin;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Domains;

/// <summary>Labels of qubes (spec: Admin API, section 6.9).</summary>
internal static class Label
{
    /// <summary>The name of the label that has this name or number.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static async Task<string> FindAsync(Session session, string label, CancellationToken cancellation)
    {
        var names = AnswerText.Lines(await session.Admin.CallSystemAsync("admin.label.List", cancellation: cancellation));
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
}
