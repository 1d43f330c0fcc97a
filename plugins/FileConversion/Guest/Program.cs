using Qubes.Convert.Guest.Calls;
using Qubes.Convert.Guest.Processes;
using Qubes.Convert.Guest.WarmUp;

namespace Qubes.Convert.Guest;

/// <summary>
/// <c>qubes-convert</c>: turns an untrusted file on standard input into raw pixels on standard output. One program for
/// three services (spec: conversion services, sections 1–3), told apart by the name it was called by. With <c>--warm-up</c>
/// it converts a document of its own and keeps nothing of it.
/// </summary>
internal static class Program
{
    private const int Usage = 2;
    private const string WarmUpOption = "--warm-up";

    private static int Main(string[] arguments)
    {
        if (arguments is [WarmUpOption])
            return Run(new DangerzoneConvert(), new MemoryStream(WarmUpDocument.Make()), Stream.Null);
        ServiceCall? call = ServiceCall.Identify(
            Environment.GetEnvironmentVariable(ServiceCall.NameVariable), Environment.GetCommandLineArgs()[0], arguments);
        using Stream standardInput = Console.OpenStandardInput();
        using Stream standardOutput = Console.OpenStandardOutput();
        IConversionService? service = call?.Name switch
        {
            DangerzoneConvert.Name => new DangerzoneConvert(),
            PdfConvert.Name => new PdfConvert(call.Argument),
            GetImageRgba.Name => new GetImageRgba(),
            _ => null,
        };
        if (service is null)
        {
            Console.Error.WriteLine(
                $"qubes-convert: not a service of mine; call me as {DangerzoneConvert.Name}, {PdfConvert.Name} or {GetImageRgba.Name}");
            return Usage;
        }

        return Run(service, standardInput, standardOutput);
    }

    private static int Run(IConversionService service, Stream input, Stream output)
    {
        try
        {
            using var workspace = Workspace.Create();
            CallerWatch.Start(workspace);
            service.Convert(input, output, workspace);
            return 0;
        }
        catch (ConversionException refusal)
        {
            Console.Error.WriteLine(refusal.Message);
            return service.ExitStatus(refusal.Status);
        }
        // The caller waits for a status and has one for "anything else"; dying of an unhandled exception would hide it.
        catch (Exception unexpected)
        {
            Console.Error.WriteLine($"unexpected: {unexpected.GetType().Name}: {unexpected.Message}");
            return service.ExitStatus(ConversionStatus.Unexpected);
        }
    }
}
