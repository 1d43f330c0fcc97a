using Autofac;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Qubes.Sdk.Backups;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Sdk.Testing.Tests.Plugins;

/// <summary>A plugin that takes all that the host has to offer and tells what becomes of it.</summary>
public sealed class NotingPlugin(bool shared) : QubesPlugin
{
    /// <summary>What happened, in order.</summary>
    public List<string> Notes { get; } = [];

    protected override void Load(ContainerBuilder builder)
    {
        builder.RegisterInstance(Notes);
        builder.RegisterType<First>().As<IKernelService>().As<IConfigurable>().SingleInstance();
        var second = builder.RegisterType<Second>().As<IKernelService>().As<IBackupFilter>();
        if (shared)
            second.SingleInstance();
    }

    internal sealed class First(List<string> notes, IEventBus events, IConfiguration settings, ILogger<First> log)
        : IKernelService, IConfigurable
    {
        public void Check(IConfiguration next)
        {
            if (next["word"] == "")
                throw new QubesException("setting word is empty");
        }

        public void Apply() => notes.Add("first goes on with " + settings["word"]);

        public Task StartAsync(CancellationToken cancel)
        {
            notes.Add("first starts with " + settings["word"]);
            events.Subscribe<QubeStarted>(e => log.LogInformation("{Qube} has started", e.Qube.Name));
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancel)
        {
            notes.Add("first stops");
            return Task.CompletedTask;
        }
    }

    internal sealed class Second(
        List<string> notes, IKernelLoop loop, IQubes qubes, IDisposables disposables, IDeferredNetworks networks, IExtensions extensions,
        QubesPaths paths, ILoggerFactory logs, TimeProvider time, Random random) : IKernelService, IBackupFilter
    {
        public Task StartAsync(CancellationToken cancel)
        {
            Assert.All((object[])[loop, qubes, disposables, networks, extensions, paths, logs, time, random], Assert.NotNull);
            notes.Add("second starts");
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancel)
        {
            notes.Add("second stops");
            return Task.CompletedTask;
        }

        public bool LeavesOut(BackupQube qube) => false;

        public bool LeavesOutFeature(BackupQube qube, string feature) => false;
    }
}
