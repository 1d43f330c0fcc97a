using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qubes.Kernel.Interchange.Xml;
using Qubes.Kernel.Tests.Domains.Model;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Tests.Interchange;

/// <summary>Hostile files: a refusal, or a state that a daemon can load and read to the last property.</summary>
public sealed class MutatedFileTests
{
    private const int Mutations = 1500;

    private static readonly string[] Values =
    [
        "", "x", "-1", "0", "1", "10000", "99999999999999999999", "True", "False", "dom0", "none", "work", "sys-net", "sys-firewall",
        "default-dvm", "fedora-40-xfce", "vault", "label-1", "label-999", "..", "/", "ä", "&#10;", "domain-1", "4711", "vm-pool",
        "AppVM", "TemplateVM", "DispVM", "RemoteVM", "AdminVM", "StandaloneVM", "netvm", "guivm", "template", "kernel",
    ];

    [Fact]
    public void Any_bytes_are_a_document_or_a_refusal() =>
        Prop.ForAll((byte[] bytes) => Reads(bytes)).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Any_bytes_within_a_file_are_a_document_or_a_refusal() =>
        Prop.ForAll((byte[] bytes, PositiveInt at) =>
        {
            var file = Encoding.UTF8.GetBytes(Sample.Of43);
            bytes.AsSpan(0, Math.Min(bytes.Length, 200)).CopyTo(file.AsSpan(at.Get * 97 % (file.Length - 200)));
            return Reads(file);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public async Task A_file_with_changed_lines_is_refused_or_makes_a_state_that_loads()
    {
        var (accepted, random) = (0, new Random(20_261_121));
        await using var bench = new ImportBench();
        for (var i = 0; i < Mutations; i++)
        {
            var file = Mutated(i % 2 == 0 ? Sample.Of42 : Sample.Of43, random);
            try
            {
                var report = bench.Check(Sample.Stream(file));
                Assert.NotEmpty(DomainText.Whole(bench.Loaded(report.State)));
                accepted++;
            }
            catch (QubesException e)
            {
                Assert.NotEqual("", e.Message);
            }
        }
        // The mutations are of use only while both outcomes are common.
        Assert.InRange(accepted, Mutations / 20, Mutations * 19 / 20);
    }

    private static bool Reads(byte[] bytes)
    {
        try
        {
            return DocumentReader.Read(new MemoryStream(bytes)) is not null;
        }
        catch (QubesException)
        {
            return true;
        }
    }

    private static string Mutated(string file, Random random)
    {
        var lines = file.Split('\n').ToList();
        for (var n = random.Next(1, 5); n > 0; n--)
        {
            var at = random.Next(2, lines.Count - 1);
            switch (random.Next(6))
            {
                case 0:
                    lines.RemoveAt(at);
                    break;
                case 1:
                    lines.Insert(random.Next(2, lines.Count - 1), lines[at]);
                    break;
                case 2:
                    lines[at] = Replaced(lines[at], '"', '"', random);
                    break;
                default:
                    lines[at] = Replaced(lines[at], '>', '<', random);
                    break;
            }
        }
        return string.Join('\n', lines);
    }

    // What stands between one of the pairs of the two marks.
    private static string Replaced(string line, char open, char close, Random random)
    {
        var starts = Enumerable.Range(0, line.Length).Where(i => line[i] == open && line.IndexOf(close, i + 1) > 0).ToList();
        if (starts.Count == 0)
            return line;
        var start = starts[random.Next(starts.Count)] + 1;
        return line[..start] + Values[random.Next(Values.Length)] + line[line.IndexOf(close, start)..];
    }
}
