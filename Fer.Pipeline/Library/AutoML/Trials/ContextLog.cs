using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Fer.Pipeline.AutoML;

/// <summary>Writes to the log of an <see cref="MLContext"/>.</summary>
internal sealed class ContextLog(MLContext context)
{
    private readonly IChannelProvider _provider = context;

    internal void Info(string line)
    {
        using var channel = _provider.Start(nameof(AutoMLExperiment));
        channel.Info(MessageSensitivity.None, line);
    }

    /// <summary>Passes a message of another context on.</summary>
    internal void Relay(LoggingEventArgs message)
    {
        using var channel = _provider.Start(message.Source);
        switch (message.Kind)
        {
            case ChannelMessageKind.Trace: channel.Trace(MessageSensitivity.Unknown, message.RawMessage); break;
            case ChannelMessageKind.Info: channel.Info(MessageSensitivity.Unknown, message.RawMessage); break;
            case ChannelMessageKind.Warning: channel.Warning(MessageSensitivity.Unknown, message.RawMessage); break;
            default: channel.Error(MessageSensitivity.Unknown, message.RawMessage); break;
        }
    }
}
