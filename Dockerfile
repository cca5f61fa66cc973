# The server in a container; docs/serving.md says how it is built and run.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
# What packages are restored from changes seldom: these layers are kept while sources change.
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig README.md ./
COPY Fer.Pipeline/Fer.csproj Fer.Pipeline/
COPY Fer.Pipeline/Library/Fer.Pipeline.csproj Fer.Pipeline/Library/
COPY Fer.Pipeline/Torch/Fer.Pipeline.Torch.csproj Fer.Pipeline/Torch/
RUN dotnet restore Fer.Pipeline/Fer.csproj -p:PublishReadyToRun=true
COPY artifacts/fer-seven.zip artifacts/README.md artifacts/
COPY docs/pictures/face.png docs/pictures/faces.png docs/pictures/
COPY Fer.Pipeline Fer.Pipeline
RUN dotnet publish Fer.Pipeline/Fer.csproj -c Release --no-restore -p:PublishReadyToRun=true -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY --from=build /app /app
# Nothing is written: the root may be read-only, and diagnostics would need a pipe in /tmp.
ENV DOTNET_EnableDiagnostics=0
WORKDIR /srv
USER $APP_UID
EXPOSE 5080
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["dotnet", "/app/fer.dll", "health"]
ENTRYPOINT ["dotnet", "/app/fer.dll"]
CMD ["serve", "--listen", "0.0.0.0:5080", "--api-key-file", "/run/secrets/fer-keys"]
