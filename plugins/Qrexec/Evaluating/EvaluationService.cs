using System.Buffers;
using System.Text;
using Qubes.Plugins.Qrexec.Judging;
using Qubes.Policy.Answers;
using Qubes.Policy.Evaluation;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Rpc;

namespace Qubes.Plugins.Qrexec.Evaluating;

// policy.EvalSimple+SERVICE[+ARG], policy.EvalGUI+SERVICE[+ARG]          (spec: protocol, section 5)
// input  = SOURCE NUL TARGET                   ; SOURCE 1 to 31 bytes, TARGET 1 to 63, of A-Z a-z 0-9 @ _ - .
// output = "result=allow" LF | "result=deny" LF; nothing for bad input

/// <summary>Tells a qube what would come of a call between two others. <c>policy.EvalGUI</c>: only of those it shows the windows of.</summary>
internal sealed class EvaluationService(string name, bool isForGui, PolicyEngine engine, IQubes qubes, IKernelLoop loop) : IRpcService
{
    private const int LongestSource = 31;
    private const int LongestTarget = 63;
    private const int Refused = 1;

    private static readonly SearchValues<byte> InName =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@_-."u8);

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public async Task<int> ServeAsync(RpcCall call, CancellationToken cancel)
    {
        byte[] buffer = new byte[LongestSource + 1 + LongestTarget + 1];
        int held = await call.Input.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
        if (call.Argument is not { Length: > 0 } service || service[0] == '+' || Parse(buffer.AsSpan(0, held)) is not var (source, target))
            return Refused;
        if (isForGui && !await loop.InvokeAsync(() => Task.FromResult(Shows(call.Source, source) && Shows(call.Source, target))).ConfigureAwait(false))
            return Refused;
        PolicyVerdict verdict = await engine.EvaluateAsync(
            new PolicyCall(source, service, target), PolicyModes.JustEvaluate | PolicyModes.AssumeYes, cancel).ConfigureAwait(false);
        await call.Output.WriteAsync(verdict.Outcome.Granted is null ? "result=deny\n"u8.ToArray() : "result=allow\n"u8.ToArray(), cancel)
            .ConfigureAwait(false);
        return 0;
    }

    private static (string Source, string Target)? Parse(ReadOnlySpan<byte> bytes)
    {
        int nul = bytes.IndexOf((byte)0);
        return nul is >= 1 and <= LongestSource && bytes.Length - nul - 1 is >= 1 and <= LongestTarget
            && !bytes[..nul].ContainsAnyExcept(InName) && !bytes[(nul + 1)..].ContainsAnyExcept(InName)
            ? (Encoding.ASCII.GetString(bytes[..nul]), Encoding.ASCII.GetString(bytes[(nul + 1)..]))
            : null;
    }

    private bool Shows(string gui, string qube) => qubes.TryFind(qube, out IQube? known) && known.Tags.Contains("guivm-" + gui);
}
