using System.Diagnostics;

namespace Qubes.Plugins.FileConversion.Tests.Running;

/// <summary>Runs the guest's program as a process of this host, as the qrexec agent would run it in a qube.</summary>
internal static class GuestProgram
{
    private static readonly string _program = Path.Combine(AppContext.BaseDirectory, "qubes-convert.dll");

    /// <summary>A start of the program as one of its services, all streams piped.</summary>
    /// <param name="path">Where it finds its tools; null for where the tests find theirs.</param>
    public static ProcessStartInfo Start(string service, string? path = null)
    {
        // Built for .NET 9 and compiled ahead of time there; here it runs on the .NET that runs the tests.
        var start = new ProcessStartInfo(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet")
        {
            ArgumentList = { "exec", "--roll-forward", "Major", _program },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["QREXEC_SERVICE_FULL_NAME"] = service;
        if (path is not null)
            start.Environment["PATH"] = path;
        return start;
    }

    /// <summary>Runs it with the option and no input, under the name of the service that calls it.</summary>
    public static async Task<GuestAnswer> WarmUpAsync(string? path = null)
    {
        ProcessStartInfo start = Start("qubes.WarmUp+", path);
        start.ArgumentList.Add("--warm-up");
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.WaitForExitAsync();
        return new GuestAnswer(process.ExitCode, output.ToArray(), await errors);
    }

    /// <summary>Runs it to its end with a document on standard input.</summary>
    public static async Task<GuestAnswer> RunAsync(string service, byte[] input, string? path = null)
    {
        using Process process = Process.Start(Start(service, path))!;
        Task send = SendAsync(process, input);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await send;
        await process.WaitForExitAsync();
        return new GuestAnswer(process.ExitCode, output.ToArray(), await errors);
    }

    private static async Task SendAsync(Process process, byte[] input)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It refused the document before it had all of it.
        }
    }
}
