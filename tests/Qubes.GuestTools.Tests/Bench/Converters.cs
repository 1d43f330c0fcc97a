using System.Text;

namespace Qubes.GuestTools.Tests.Bench;

/// <summary>Stand-ins for a <c>qrexec-client-vm</c> whose converter sends what was recorded.</summary>
internal static class Converters
{
    /// <summary>Takes all input, sends these bytes and ends with this status.</summary>
    public static void Sends(this ToolBench bench, byte[] answer, int status = 0, string before = "")
    {
        File.WriteAllBytes(bench.PathOf("answer"), answer);
        bench.WriteProgram("qrexec-client-vm", $"""
            echo "$*" >>{bench.PathOf("calls")}
            {before}
            cat >{bench.PathOf("input")}
            cat {bench.PathOf("answer")}
            exit {status}

            """);
    }

    /// <summary>An answer of <c>qubes.PdfConvert</c> with pages of 2 x 1 pixels.</summary>
    public static byte[] Pdf(int pages)
    {
        var answer = new MemoryStream();
        answer.Write(Encoding.ASCII.GetBytes($"{pages}\n"));
        for (var page = 0; page < pages; page++)
            answer.Write([.. "2 1\n"u8, 255, 0, 0, 0, 255, 0]);
        return answer.ToArray();
    }

    public static byte[] Text(string text) => Encoding.Latin1.GetBytes(text);
}
